// Baseline of the compile times: an empty program.
export {};
