import { Button } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { texts } from "../texts";

/** To the move of a dump, which is more than one file. */
export function FromPinpoint() {
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      rightSection={<IconArrowRight size={14} aria-hidden />}
      renderRoot={(props) => <Link to="/imports/pinpoint" {...props} />}
    >
      {texts.imports.pinpoint}
    </Button>
  );
}
