import { Skeleton, Stack } from "@mantine/core";
import { texts } from "../texts";

/** Gray lines in place of what is loading. */
export function Loading({ lines = 5 }: { lines?: number }) {
  return (
    <Stack gap="xs" aria-busy="true">
      <span className="unseen" role="status">
        {texts.app.loading}
      </span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <Skeleton key={line} height={22} radius="sm" width={`${92 - ((line * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}
