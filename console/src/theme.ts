/** Colors and shapes. Text colors keep a contrast of at least 4.5 in both schemes. */
import {
  Alert,
  Button,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
} from "@mantine/core";

const brand: MantineColorsTuple = [
  "#eff6ff",
  "#dbeafe",
  "#bfdbfe",
  "#93c5fd",
  "#60a5fa",
  "#3b82f6",
  "#2563eb",
  "#1d4ed8",
  "#1e40af",
  "#1e3a8a",
];

/** From text to background; a little blue, as the light scheme's grays are. */
const dark: MantineColorsTuple = [
  "#eceef2",
  "#c9cdd6",
  "#a3acba",
  "#7d8797",
  "#3a414c",
  "#2e333b",
  "#23272e",
  "#15171b",
  "#111317",
  "#0d0f12",
];

export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: 6,
  colors: { brand, dark },
  defaultRadius: "md",
  fontFamily: '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: "600" },
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    // The colored titles of alerts have too little contrast.
    Alert: Alert.extend({ styles: { title: { color: "var(--mantine-color-text)" } } }),
    Button: Button.extend({ styles: { root: { fontWeight: 550 } } }),
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {
    "--end-delivered": "#16a34a",
    "--end-sent": "#3b82f6",
    "--end-unknown": "#d97706",
    "--end-failed": "#dc2626",
    "--stage-scheduled": "#7c3aed",
  },
  light: {
    "--mantine-color-dimmed": "#566072",
    "--mantine-color-placeholder": "#6b7482",
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#16191f",
    "--mantine-color-error": "#c21f1f",
    "--mantine-color-anchor": "#1d4ed8",
    "--surface": "#f7f8fa",
    "--line": "#e4e7ec",
    "--hover": "#f1f3f6",
    "--end-pending": "#c3c9d4",
    "--skipped": "#98a1b0",
    "--mark": "#fde68a",
  },
  dark: {
    "--mantine-color-dimmed": "#a3acba",
    "--mantine-color-placeholder": "#949eae",
    "--mantine-color-body": "#15171b",
    "--mantine-color-text": "#eceef2",
    "--mantine-color-error": "#ff8f8f",
    "--mantine-color-anchor": "#8ab4ff",
    "--surface": "#1c1f24",
    "--line": "#2e333b",
    "--hover": "#23272e",
    "--end-pending": "#4b5563",
    "--skipped": "#6b7482",
    "--mark": "#7c5c00",
  },
});
