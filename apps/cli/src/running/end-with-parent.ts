/**
 * Loaded into every process that the command line starts (`node --import`): when the one that started it is gone, however it went, this one
 * is told to end. The channel between the two closes with the parent; it does not keep this process alive.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
