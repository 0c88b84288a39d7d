import { Button, type ButtonProps, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { Export } from "../api/client";
import { readExport } from "../api/exports";
import { asFailure } from "../api/problem";
import { texts } from "../texts";
import { sentence } from "./ProblemAlert";

/** Saves an export's file by a new link, so that it works however long the page was open. */
export function Download({ found, button }: { found: Export; button?: ButtonProps }) {
  const download = useMutation({
    mutationFn: async () => {
      const { file } = await readExport(found.organizationId, found.id);
      // The bucket sends it as an attachment, so the page stays.
      if (file !== null) window.location.assign(file.url);
    },
  });
  return (
    <>
      <Button
        leftSection={<IconDownload size={15} aria-hidden />}
        {...button}
        loading={download.isPending}
        onClick={() => download.mutate()}
      >
        {texts.exports.download}
      </Button>
      {download.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {sentence(asFailure(download.error).message)}
        </Text>
      )}
    </>
  );
}
