import type { Worker } from "node:worker_threads";

type HeapStatistics = { readonly used_heap_size: number; readonly external_memory: number };
type Measurable = { getHeapStatistics?: () => Promise<HeapStatistics> };

const intervalMs = 100;

/**
 * Calls back once when a thread holds more than `maxBytes`, its buffers included, which its heap limit does not count.
 * Returns the way to stop. Node 20 cannot ask a running thread: there only its heap is limited.
 */
export function watchMemory(worker: Worker, maxBytes: number, exceeded: (bytes: number) => void): () => void {
  const measured = worker as unknown as Measurable;
  if (measured.getHeapStatistics === undefined) return () => undefined;
  let asking = false;
  const look = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    const heap = await measured.getHeapStatistics?.().catch(() => undefined);
    asking = false;
    const bytes = heap === undefined ? 0 : heap.used_heap_size + heap.external_memory;
    if (bytes <= maxBytes) return;
    clearInterval(timer);
    exceeded(bytes);
  };
  const timer = setInterval(() => void look(), intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
