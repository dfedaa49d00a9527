// What the log of an orphaned workspace's build says.

const mostListed = 50;

/** `resources` are addresses like `docker_container.dev`. */
export function leftBehindText(username: string, resources: readonly string[]): string {
  const first = `${username} deleted the workspace without running Terraform.`;
  if (resources.length === 0) return `${first} No resources are known.`;
  const others = resources.length - mostListed;
  const list = resources.slice(0, mostListed).join(", ");
  return `${first} These resources were not destroyed: ${list}${others > 0 ? ` and ${others} others` : ""}.`;
}
