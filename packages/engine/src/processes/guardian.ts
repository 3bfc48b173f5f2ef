import { type ChildProcess, spawn } from "node:child_process";
import { markVariable } from "./process-tree.js";

/**
 * A small shell that outlives this process by a moment. It is told the mark of each program before that starts, and its process
 * group as soon as there is one; when this process or thread ends, however, its input ends, and it ends what is left:
 * the groups, and on Linux everything that carries one of the marks. Without a shell there is no guardian.
 */
const script = `
groups=" "
marks=" "
without() { case "$1" in *" $2 "*) kept="\${1%% $2 *} \${1#* $2 }" ;; *) kept="$1" ;; esac; }
while read -r sign name; do
  case "$sign" in
    mark) marks="$marks$name " ;;
    group) groups="$groups$name " ;;
    ended) without "$marks" "$name"; marks="$kept"; without "$groups" "$name"; groups="$kept" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null || kill -KILL "-$group" 2>/dev/null; done
for round in 1 2 3; do
  for mark in $marks; do
    for path in $(grep -lsF -e "${markVariable}=$mark" /proc/[0-9]*/environ 2>/dev/null); do
      pid="\${path#/proc/}"
      kill -s KILL "\${pid%/environ}" 2>/dev/null
    done
  done
  [ "$marks" = " " ] || sleep 0.1
done
`;

let guardian: ChildProcess | undefined;

/** What the guardian knows of one program. */
export type Guarded = {
  /** The program runs and leads this process group. */
  readonly runsAs: (pid: number) => void;
  /** Nothing of it is left. */
  readonly ended: () => void;
};

/** Announces a program that is about to start with this mark in its environment. */
export function guardProgram(mark: string): Guarded {
  guardian ??= start();
  tell(`mark ${mark}`);
  let group: number | undefined;
  return {
    runsAs(pid) {
      group = pid;
      tell(`group ${pid}`);
    },
    ended() {
      tell(`ended ${mark}`);
      if (group !== undefined) tell(`ended ${group}`);
    },
  };
}

function tell(line: string): void {
  guardian?.stdin?.write(`${line}\n`);
}

function start(): ChildProcess {
  const child: ChildProcess = spawn("/bin/sh", ["-c", script], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
  });
  const forget = (): void => {
    if (guardian === child) guardian = undefined;
  };
  child.once("error", forget).once("exit", forget);
  // Where no file handle is left there is not even a pipe: the next program tries anew.
  child.stdin?.on("error", forget);
  child.unref();
  unref(child.stdin);
  return child;
}

/** Its pipe must not keep this process running. */
function unref(stream: unknown): void {
  (stream as { unref?(): void } | undefined)?.unref?.();
}
