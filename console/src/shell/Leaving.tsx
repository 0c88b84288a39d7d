import { Center, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { identityQuery } from "../identity/config";
import { AGAIN_DONE, lastFailure } from "../identity/pending";
import { texts } from "../texts";

/** A window that another tab opened to sign in again, before it leaves for the identity provider. */
export function Leaving({ channel }: { channel: string }) {
  const { data: config } = useQuery(identityQuery);
  useEffect(() => {
    if (!config) return;
    void import("../identity/flow").then(({ leave }) => leave(config, AGAIN_DONE, channel));
  }, [config, channel]);
  return (
    <Center h="100vh">
      {config === null ? <Text>{texts.signIn.noProvider}</Text> : <Loader aria-label={texts.app.loading} />}
    </Center>
  );
}

/** The same window after its return, if the browser does not let it close itself. */
export function Returned() {
  const failure = lastFailure();
  return (
    <Center h="100vh" p="md">
      <Text role="status">
        {failure === null ? texts.signIn.closeWindow : `${texts.signIn.failed}: ${failure}`}
      </Text>
    </Center>
  );
}
