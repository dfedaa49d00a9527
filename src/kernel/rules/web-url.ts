/** Whether a text is the absolute address of a web page: `https://` or `http://`, and a host. */
export const isWebUrl = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url);
