import { Button } from "@mantine/core";
import { texts } from "../texts";

/** Submits a form of settings, and says when they are saved. */
export function Save({ change }: { change: { isPending: boolean; isSuccess: boolean } }) {
  return (
    <Button type="submit" loading={change.isPending}>
      {change.isSuccess ? texts.app.saved : texts.app.save}
    </Button>
  );
}
