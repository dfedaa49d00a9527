// A resource's address in a plan, taken apart: which block of which module it comes from.

export interface Block {
  /** Names of modules, from the outside in. */
  modules: string[];
  type: string;
  name: string;
}

/** A name as HCL allows it. */
const name = String.raw`[\p{ID_Start}_][\p{ID_Continue}-]{0,199}`;
/** Of `count`, or of `for_each`: a quoted text. */
const index = String.raw`(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?`;

const wholeName = new RegExp(`^${name}$`, "u");
const moduleStep = new RegExp(String.raw`module\.(${name})${index}\.`, "gu");
const wholeAddress = new RegExp(
  String.raw`^((?:module\.${name}${index}\.)*)(?!module\.|data\.)(${name})\.(${name})${index}$`,
  "u",
);

export const isName = (text: string): boolean => wholeName.test(text);

/** Undefined for what Terraform doesn't write. Instances of `count` and `for_each` have one block. */
export function blockOf(address: string): Block | undefined {
  const [, path, type, name] = wholeAddress.exec(address) ?? [];
  if (path === undefined || type === undefined || name === undefined) return undefined;
  return { modules: [...path.matchAll(moduleStep)].map(([, module]) => module!), type, name };
}
