// The icon of a notification whose template names none: by what it is about (Coder's mapping).

const workspace = [
  "281fdf73-c6d6-4cbb-8ff5-888baf8a2fff",
  "d089fe7b-d5c5-4c0c-aaf5-689859f7d392",
  "f517da0b-cdc9-410f-ab89-a86107c420ed",
  "381df2a9-c0c0-4749-420f-80a9280c66f9",
  "0ea69165-ec14-4314-91f1-69566ac3c5a0",
  "c34a0c09-0704-4cac-bd1c-0c0146811c2b",
  "51ce2fdf-c9ca-4be1-8d70-628674f9bc42",
  "2faeee0f-26cb-4e96-821c-85ccb9f71513",
  "a9d027b4-ac49-4fb1-9f6d-45af15f64e7a",
  "f047f6a3-5713-40f7-85aa-0394cce9fa3a",
];
const account = [
  "4e19c0ac-94e1-4532-9515-d1801aa283b2",
  "f44d9314-ad03-4bc8-95d0-5cad491da6b6",
  "b02ddd82-4733-4d02-a2d7-c36f3598997d",
  "9f5af851-8408-4e73-a7a1-c6502ba46689",
  "6a2f0609-9b69-4d36-a989-9f5925b6cbff",
  "1a6a6bea-ee0a-43e2-9e7c-eabdb53730e4",
  "62f86a30-2330-4b61-a26d-311ff3b608cf",
];
const template = ["29a09665-2a4c-403f-9648-54301670e7be", "f40fae84-55a2-42cd-99fa-b41c1ca64894"];

const icons = new Map<string, string>([
  ...workspace.map((id) => [id, "DEFAULT_ICON_WORKSPACE"] as const),
  ...account.map((id) => [id, "DEFAULT_ICON_ACCOUNT"] as const),
  ...template.map((id) => [id, "DEFAULT_ICON_TEMPLATE"] as const),
]);

export const iconOf = (templateId: string): string => icons.get(templateId) ?? "DEFAULT_ICON_OTHER";
