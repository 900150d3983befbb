/** AssemblyScript's integer type, for assembly/layout.ts, which TypeScript compiles too. */
declare type i32 = number;
