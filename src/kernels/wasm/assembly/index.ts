/** Every training kernel, in one module without memory, data or stack of its own: it works on the memory it is given. */
export * from './winograd-kernel';
export * from './winograd-convolution';
export * from './winograd-gradient';
export * from './direct';
export * from './combine';
export * from './coefficients';
export * from './head';
export * from './merge';
export * from './update';
