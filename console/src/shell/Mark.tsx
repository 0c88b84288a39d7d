import { Group, Text } from "@mantine/core";
import { texts } from "../texts";

/** The product's mark and name. */
export function Mark() {
  return (
    <Group gap={8} wrap="nowrap">
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#2563eb" />
        <path
          d="M8 10l8 13 8-13"
          fill="none"
          stroke="#fff"
          strokeWidth="3.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <Text fw={650} size="md">
        {texts.app.name}
      </Text>
    </Group>
  );
}
