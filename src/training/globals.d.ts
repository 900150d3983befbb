/** Digest of the WebGPU kernels' sources, defined in vite.config.ts. */
declare const __WEBGPU_KERNELS__: string;
