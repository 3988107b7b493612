/** The part that we use; the package brings no types. */
declare module 'fs-native-extensions' {
  /**
   * Locks a whole file for writers, without waiting. The lock belongs to the open file: every process that inherited the descriptor holds it,
   * and it ends with the last of them.
   * @returns false where another open file holds it.
   * @throws the system's error where the file system knows no locks.
   */
  export function tryLock(fd: number): boolean;
}
