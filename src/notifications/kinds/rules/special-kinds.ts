// Kinds of notification that are about an account itself: some nobody switches off, what opens an account goes by mail alone,
// and what becomes of it reaches the suspended. The one place that names them: routing, sending, settings and the texts'
// administration ask here.

/** Coder's id. */
export const passcodeTemplateId = "62f86a30-2330-4b61-a26d-311ff3b608cf";
export const passwordChangedTemplateId = "5f1d2c8e-7a46-4e0b-9c3d-1b6e8f20a9d4";

const alwaysOn: readonly string[] = [passcodeTemplateId, passwordChangedTemplateId];
const onlyByMail: readonly string[] = [passcodeTemplateId];

export const isAlwaysOn = (templateId: string): boolean => alwaysOn.includes(templateId);
/** Never in an inbox, never to a webhook, and before everything else that waits. */
export const isOnlyByMail = (templateId: string): boolean => onlyByMail.includes(templateId);

/** People's own accounts, by Coder's ids. */
export const suspendedTemplateId = "6a2f0609-9b69-4d36-a989-9f5925b6cbff";
export const activatedTemplateId = "1a6a6bea-ee0a-43e2-9e7c-eabdb53730e4";
export const reachesSuspended = (templateId: string): boolean =>
  templateId === suspendedTemplateId || templateId === activatedTemplateId;
