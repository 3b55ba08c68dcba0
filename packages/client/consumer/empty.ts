// What the compiler needs by itself is measured with this.
export {};
