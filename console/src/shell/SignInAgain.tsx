import { Button, Modal, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { signInAgain } from "../identity/sign-in-again";
import { forget } from "../session";
import { texts } from "../texts";
import { SignInForms } from "./SignInForms";

/** Over the page, which keeps what was typed. */
export function SignInAgain() {
  const stop = useRef(() => {});
  useEffect(() => () => stop.current(), []);
  const queries = useQueryClient();
  const startOver = () => {
    forget();
    queries.clear();
  };
  const open = async () => {
    stop.current();
    stop.current = signInAgain();
  };
  return (
    // Without a header, because the page may have a dialog open, and two would be two banners.
    <Modal.Root opened onClose={() => {}} closeOnEscape={false} closeOnClickOutside={false}>
      <Modal.Overlay />
      <Modal.Content aria-label={texts.signIn.again}>
        <Modal.Body>
          <Stack gap="md">
            <div>
              <Title order={2} size="h3">
                {texts.signIn.again}
              </Title>
              <Text size="sm" c="dimmed" mt={4}>
                {texts.signIn.againLead}
              </Text>
            </div>
            <SignInForms leave={open} />
            <Button variant="subtle" color="gray" c="dimmed" fw={450} onClick={startOver}>
              {texts.signIn.leave}
            </Button>
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
