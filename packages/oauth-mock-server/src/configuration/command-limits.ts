/** How long answers in flight may take at most when the command stops. */
export const maxDrainSeconds = 600;
