/** Starts an import: a small file is part of the request, a large one is uploaded to the bucket. */
import { api, body, type Import, once } from "../api/client";
import { RequestFailed } from "../api/problem";
import type { components } from "../api/schema";

/** The largest file that a request may contain, in bytes. */
const MAX_IN_REQUEST = 4 * 1024 * 1024;
/** The largest file that can be uploaded, in bytes. */
export const MAX_UPLOAD = 5 * 1024 * 1024 * 1024;

export const MATCHES = ["id", "phone", "externalId", "none"] as const;
export const ON_MATCH = ["update", "skip"] as const;

export interface ImportOptions {
  /** Null lets the file decide. */
  match: (typeof MATCHES)[number] | null;
  onMatch: (typeof ON_MATCH)[number];
  tags: string[];
  /** Whether the file only opts people out. */
  optOuts?: "only";
  format?: "jsonl";
  /** The column with contacts' IDs; empty if the file has none. */
  columns?: { id: string };
}

interface Start {
  organizationId: string;
  file: File;
  options: ImportOptions;
  dryRun: boolean;
  /** Learns the share of the file that has been uploaded, from 0 to 1. */
  onProgress: (share: number) => void;
}

export function startImport(start: Start): Promise<Import> {
  return start.file.size <= MAX_IN_REQUEST ? inRequest(start) : uploaded(start);
}

function inRequest({ organizationId, file, options, dryRun }: Start): Promise<Import> {
  const { match, tags, columns, ...rest } = options;
  return body(
    api.POST("/v1/organizations/{organizationId}/contacts/imports", {
      params: {
        path: { organizationId },
        query: {
          ...rest,
          ...columns,
          dryRun,
          ...(match === null ? {} : { match }),
          ...(tags.length === 0 ? {} : { tags: tags.join(",") }),
        },
        header: once(),
      },
      body: file as unknown as string,
      // As it is: only then can the API recognize the file's encoding.
      bodySerializer: (content: unknown) => content as Blob,
      headers: { "content-type": "application/octet-stream" },
    }),
  );
}

async function uploaded({ organizationId, file, options, dryRun, onProgress }: Start): Promise<Import> {
  const { match, ...rest } = options;
  const created = await body(
    api.POST("/v1/organizations/{organizationId}/contacts/imports", {
      params: { path: { organizationId }, header: once() },
      body: { upload: true, ...rest, dryRun, ...(match === null ? {} : { match }) },
    }),
  );
  const path = { organizationId, importId: created.id };
  try {
    if (!created.upload) throw new RequestFailed(null, null);
    await post(created.upload, file, onProgress);
  } catch (error) {
    // An open upload counts toward a limit. It expires by itself if this fails, too.
    await body(
      api.POST("/v1/organizations/{organizationId}/contacts/imports/{importId}/cancel", {
        params: { path, header: once() },
      }),
    ).catch(() => null);
    throw error;
  }
  return body(
    api.POST("/v1/organizations/{organizationId}/contacts/imports/{importId}/start", {
      params: { path, header: once() },
    }),
  );
}

/** Sends the form. Only XMLHttpRequest reports how far it has come. */
function post(
  { url, fields }: components["schemas"]["Upload"],
  file: File,
  onProgress: (share: number) => void,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // The bucket ignores what comes after the file.
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new RequestFailed(new Response(null, { status: request.status }), null));
    };
    request.onerror = () => reject(new RequestFailed(null, null));
    request.open("POST", url);
    request.send(form);
  });
}
