import { Alert } from "@mantine/core";
import type { Import } from "../../api/client";
import { sentence } from "../../components/ProblemAlert";

/** Columns that seem to say who opted out, though the import does not read them so. */
export function Warnings({ found }: { found: Import }) {
  return found.warnings.map(({ column, detail }) => (
    <Alert key={column} color="orange">
      {sentence(detail)}
    </Alert>
  ));
}
