/** placeholder */
export async function seed(_variables: NodeJS.ProcessEnv): Promise<number> {
  return 0;
}
