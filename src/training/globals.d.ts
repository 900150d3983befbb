/** Digest of the WebGPU kernels' sources, put in by vite.config.ts. */
declare const __WEBGPU_KERNELS__: string;
