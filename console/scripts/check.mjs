// Everything that `make check` asks of the console's source, at once.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Compressed JavaScript that the first page loads, in bytes. */
const MAX_FIRST_LOAD = 180 * 1024;
/** Licenses that allow use in closed products; MPL-2.0 is that of a build tool, which is not shipped. */
const LICENSES =
  /^\(?(MIT|MIT-0|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-4\.0|Python-2\.0|Unlicense|MPL-2\.0)( (OR|AND) .*)?\)?$/;

function run(name, ...args) {
  return new Promise((resolve) => {
    const child = spawn(join("node_modules", ".bin", name), args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("close", (code) => resolve(code === 0 ? null : `${name} ${args.join(" ")}\n${output}`));
  });
}

async function schema() {
  const fresh = join(mkdtempSync(join(tmpdir(), "schema-")), "schema.d.ts");
  const failed = await run("openapi-typescript", "../docs/openapi.json", "--output", fresh);
  if (failed) return failed;
  const isFresh = readFileSync(fresh, "utf8") === readFileSync("src/api/schema.d.ts", "utf8");
  return isFresh
    ? null
    : "src/api/schema.d.ts is out of date: run `npm --prefix console run schema` and commit it";
}

/** A script and all that it imports at once. */
function imported(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  const source = readFileSync(join("dist/assets", name), "utf8");
  for (const [, other] of source.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
    imported(other, seen);
  return seen;
}

function size() {
  const page = readFileSync("dist/index.html", "utf8");
  const first = new Set();
  for (const [, entry] of page.matchAll(/src="\.\/assets\/([^"]+\.js)"/g)) imported(entry, first);
  const bytes = [...first].reduce((sum, name) => {
    const path = join("dist/assets", name);
    const forms = [`${path}.br`, path].filter((form) => readdirSync("dist/assets").includes(form.slice(12)));
    return sum + readFileSync(forms[0]).length;
  }, 0);
  console.log(`console: the first page loads ${Math.round(bytes / 1024)} KB of JavaScript`);
  return bytes > MAX_FIRST_LOAD
    ? `the first page loads ${bytes} bytes of JavaScript, at most ${MAX_FIRST_LOAD}`
    : null;
}

/** The library's classes in files with this ending. */
function classes(folder, ending) {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  const sources = names.map((name) => readFileSync(join(folder, name), "utf8"));
  return new Set(sources.flatMap((source) => source.match(/\bm_[0-9a-f]+\b/g) ?? []));
}

/** Every component's styles are in the build. */
function styles() {
  const styled = classes("dist/assets", ".css");
  const known = classes("node_modules/@mantine/core", "styles.layer.css");
  const missing = [...classes("dist/assets", ".js")].filter((name) => known.has(name) && !styled.has(name));
  return missing.length === 0
    ? null
    : `src/mantine.css lacks the styles of the components with the classes ${missing.join(", ")}`;
}

function licenses() {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const bad = Object.entries(packages).filter(
    ([name, { license, link }]) => name !== "" && !link && !LICENSES.test(license ?? "none"),
  );
  const loose = Object.entries(packages).filter(
    ([name, { integrity, link }]) => name !== "" && !link && !integrity,
  );
  return (
    [
      ...bad.map(([name, { license }]) => `${name} has the license ${license}`),
      ...loose.map(([name]) => `${name} has no integrity in package-lock.json`),
    ].join("\n") || null
  );
}

const found = await Promise.all([
  run("biome", "ci", "--error-on-warnings", "."),
  run("tsc"),
  run("knip"),
  schema(),
  size(),
  styles(),
  licenses(),
]);
const problems = found.filter((problem) => problem !== null);
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
