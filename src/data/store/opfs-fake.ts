/** An in-memory fake of the calls of the browser's private file system that the store uses. */

const error = (name: string) => new DOMException(`fake ${name}`, name);

export class FakeFile {
  content = new Blob([]);

  async getFile(): Promise<Blob> {
    return this.content;
  }

  constructor(private readonly disk: FakeDisk) {}

  async createWritable() {
    const parts: BlobPart[] = [];
    return {
      write: async (bytes: Uint8Array<ArrayBuffer>) => {
        if (this.disk.writesLeft-- <= 0) throw error('QuotaExceededError');
        parts.push(bytes.slice());
      },
      close: async () => {
        this.content = new Blob(parts);
      },
      abort: async () => undefined,
    };
  }
}

export class FakeFolder {
  readonly entries = new Map<string, FakeFolder | FakeFile>();

  constructor(private readonly disk: FakeDisk) {}

  private open<T>(name: string, create: boolean | undefined, make: () => T & (FakeFolder | FakeFile)): T {
    if (!this.entries.has(name)) {
      if (!create) throw error('NotFoundError');
      this.entries.set(name, make());
    }
    return this.entries.get(name) as T;
  }

  async getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<FakeFolder> {
    return this.open(name, options?.create, () => new FakeFolder(this.disk));
  }

  async getFileHandle(name: string, options?: { create?: boolean }): Promise<FakeFile> {
    return this.open(name, options?.create, () => new FakeFile(this.disk));
  }

  async removeEntry(name: string): Promise<void> {
    if (!this.entries.delete(name)) throw error('NotFoundError');
  }

  async *keys(): AsyncGenerator<string> {
    yield* Array.from(this.entries.keys());
  }
}

/** navigator.storage, with a disk that is full after a given number of writes. */
export class FakeDisk {
  writesLeft = Infinity;
  denied = false;
  asked = 0;
  readonly root = new FakeFolder(this);

  async getDirectory(): Promise<FakeFolder> {
    if (this.denied) throw error('SecurityError');
    return this.root;
  }

  async persist(): Promise<boolean> {
    this.asked++;
    return false;
  }

  /** The files of branch-lab/data. */
  get files(): Map<string, FakeFile> {
    const lab = this.root.entries.get('branch-lab') as FakeFolder | undefined;
    return ((lab?.entries.get('data') as FakeFolder | undefined)?.entries ?? new Map()) as Map<
      string,
      FakeFile
    >;
  }
}
