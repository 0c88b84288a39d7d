import { type Column, Grid } from "../../components/Grid";
import { bytes } from "../../lib/format";
import type { Found } from "../../lib/pinpoint/recognize";
import { pinpointTexts as t } from "../../pinpoint-texts";

const COLUMNS: Column<Found>[] = [
  { key: "file", title: t.file, wraps: true, cell: ({ file }) => file.name },
  { key: "kind", title: t.what, wraps: true, cell: ({ kind }) => t.kinds[kind] },
  { key: "size", title: t.size, isNumber: true, isMinor: true, cell: ({ file }) => bytes(file.size) },
];

/** The chosen files, and what each of them is. */
export function Files({ found }: { found: Found[] }) {
  const places = new Map(found.map((each, place) => [each, place]));
  return (
    <Grid
      label={t.files}
      columns={COLUMNS}
      rows={found}
      // Folders may have files of the same name.
      rowKey={(each) => `${places.get(each)} ${each.file.name}`}
      isBare
    />
  );
}
