// What stands for a value that is declared sensitive, wherever values are shown or sent.

export const maskedValue = "********";

/** The value itself, unless one of the parameters of this name is sensitive. */
export const masked = (
  name: string,
  value: string,
  parameters: readonly { name: string; sensitive: boolean }[],
): string =>
  parameters.some((parameter) => parameter.name === name && parameter.sensitive) && value !== ""
    ? maskedValue
    : value;
