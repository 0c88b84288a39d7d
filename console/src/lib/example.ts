/** A file that the console makes for people to save. */

function saveFile(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** A cell that every spreadsheet reads as one. */
function cell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csv(rows: (string | number | null)[][]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** An import file to start from. */
export function saveExample(): void {
  saveFile(
    "volley-contacts.csv",
    csv([
      ["phone", "first name", "last name", "email", "city", "OptOut"],
      ["+14155550123", "Ana", "Silva", "ana@example.com", "San Francisco", "no"],
      ["(212) 555-0187", "Sam", "Okafor", "sam@example.com", "New York", "no"],
      ["+442079460958", "Priya", "Nair", "", "London", "yes"],
    ]),
  );
}
