/** Does something so many times, some of them at once. */
export async function repeatAtOnce(
  act: () => Promise<void>,
  { times, atOnce }: { readonly times: number; readonly atOnce: number },
): Promise<void> {
  let left = times;
  const repeat = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await act();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, repeat));
}
