import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Files below this size cost a reader nothing to send as they are. */
const MIN_COMPRESSED_BYTES = 512;

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

/** Writes each file's brotli and gzip forms next to it, so that the function only hands out bytes. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const path of files("dist").filter((name) => /\.(js|css|svg)$/.test(name))) {
        const content = readFileSync(path);
        if (content.length < MIN_COMPRESSED_BYTES) continue;
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        writeFileSync(`${path}.br`, brotliCompressSync(content, quality));
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** Puts `src/early.ts` before everything else. It is a classic script: modules wait for the whole page. */
function early(): Plugin {
  return {
    name: "early",
    buildStart() {
      if (!this.meta.watchMode) this.emitFile({ type: "chunk", id: "src/early.ts", name: "early" });
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const chunk = Object.values(bundle ?? {}).find(({ name }) => name === "early");
        if (chunk === undefined) return html;
        return html.replace("<script", `<script src="./${chunk.fileName}"></script>\n    <script`);
      },
    },
  };
}

/** Vite's own server has the console at its root; the function writes the base of each page. */
function baseOfServer(): Plugin {
  return {
    name: "base-of-server",
    apply: "serve",
    transformIndexHtml: (html) => html.replace('<base href="./" />', '<base href="/" />'),
  };
}

export default defineConfig({
  // Relative, because the console's own path depends on the deployment.
  base: "./",
  plugins: [react(), early(), compressed(), baseOfServer()],
  build: {
    target: "es2022",
    // Both schemes are written with light-dark().
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What several screens share is one file, because each file costs a request. The first page loads it,
        // so what only two screens need is apart from it.
        codeSplitting: { groups: [{ name: "shared", minShareCount: 3, test: /src\/|@mantine|@tabler/ }] },
      },
    },
  },
  server: {
    proxy: { "/v1": { target: process.env.API_URL ?? "http://127.0.0.1:8000", changeOrigin: true } },
  },
});
