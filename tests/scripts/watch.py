#!/usr/bin/env python3
"""`perforin watch` from outside: on a terminal of 80 and of 40 columns, in a pipe, with signals, of a run that is killed,
resumed, complete, damaged, or not there yet. Figures are worked out again from patients.csv.
usage: watch.py PERFORIN"""
import csv, fcntl, json, os, pty, re, select, shutil, signal, struct, subprocess, sys, tempfile, termios, time

perforin = os.path.realpath(sys.argv[1])
work = tempfile.mkdtemp(prefix="watch.")
STUDY = "studies/nsclc-pembro-nk.yaml"
checks = 0


def check(yes, what, more=""):
    global checks
    checks += 1
    if yes:
        return
    print(f"FAIL: {what}\n{more}")
    shutil.rmtree(work, ignore_errors=True)
    sys.exit(1)


def start_run(folder, *more):
    command = [perforin, "run", STUDY, "-q", "--threads", "1", "--native", "off", "--out", folder, *more]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_chunk(folder, n=1):
    for _ in range(3000):
        try:
            if len([f for f in os.listdir(folder + "/chunks") if f.endswith(".bin")]) >= n:
                return
        except FileNotFoundError:
            pass
        time.sleep(0.01)
    check(False, "no chunk came")


def watch(*arguments, **more):
    return subprocess.run([perforin, "watch", *arguments], capture_output=True, text=True, timeout=120, **more)


class Screen:
    """As much of a terminal as the program uses: text, \\r, \\n, cursor up, erase to the end of line or screen."""

    def __init__(self, width, rows):
        self.width, self.rows = width, rows
        self.line, self.row, self.column, self.wrapped, self.colours = [""], 0, 0, 0, 0

    def put(self, text):
        for c in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[^\x1b]", text):
            if c == "\r":
                self.column = 0
            elif c == "\n":
                self.row += 1
                if self.row == len(self.line):
                    self.line.append("")
            elif len(c) == 1:
                if self.column == self.width:
                    self.wrapped += 1
                line = self.line[self.row].ljust(self.column)
                self.line[self.row] = line[: self.column] + c + line[self.column + 1 :]
                self.column += 1
            elif c[-1] == "A":
                self.row -= int(c[2:-1])
                check(self.row >= 0 and self.row >= len(self.line) - self.rows, "the cursor left the screen")
            elif c[-1] == "K":
                self.line[self.row] = self.line[self.row][: self.column]
            elif c[-1] == "J":
                self.line = self.line[: self.row] + [self.line[self.row][: self.column]]
            elif c[-1] == "m":
                self.colours += 1
            else:
                check(False, f"an escape sequence that a plain terminal may lack: {c!r}")

    def text(self):
        return "\n".join(self.line)


def on_terminal(width, arguments, until, rows=30, environment=None, number=None):
    """Run in a terminal; returns (screen, status, raw bytes). `until(screen)`: then `number` is sent; None: at the end."""
    pid, fd = pty.fork()
    if not pid:
        os.environ.update({"TERM": "xterm", **(environment or {})})
        os.execv(perforin, [perforin, "watch", *arguments])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, width, 0, 0))
    screen, raw, sent, late = Screen(width, rows), b"", False, time.time() + 120
    while time.time() < late:
        if select.select([fd], [], [], 0.05)[0]:
            try:
                new = os.read(fd, 65536)
            except OSError:
                break
            if not new:
                break
            raw += new
            screen.put(new.decode())
        if number and not sent and until(screen):
            if number == "key":
                os.write(fd, b"\x03")  # as the terminal's Ctrl-C does
            else:
                os.kill(pid, number)
            sent = True
    status = os.waitpid(pid, 0)[1]
    os.close(fd)
    return screen, status, raw


# ---- figures again, from the table ----
def median(pairs):
    pairs = sorted(pairs)
    s, n, i, half = 1.0, len(pairs), 0, None
    while i < len(pairs):
        j = i
        while j < len(pairs) and pairs[j][0] - pairs[i][0] < 1e-6:
            j += 1
        deaths = sum(e for _, e in pairs[i:j])
        if half is not None and deaths:
            return (half + pairs[i][0]) / 2  # flat at one half: the middle
        s *= 1 - deaths / (n - i)
        if abs(s - 0.5) < 1e-9 and half is None:
            half = pairs[i][0]
        elif s < 0.5 and half is None:
            return pairs[i][0]
        i = j
    return half


def figures(folder, ranges):
    settings = json.load(open(folder + "/manifest.json"))["settings"]
    size, out = int(settings["patients"]), {}
    for row in csv.DictReader(open(folder + "/patients.csv")):
        at = int(row["REPLICATE"]) * size + int(row["PATIENT"])
        if not any(a <= at < b for a, b in ranges):
            continue
        arm = out.setdefault(row["ARM"], {"n": 0, "failed": 0, "BOR": {}, "PFS": [], "OS": []})
        arm["n"] += 1
        if float(row["FAILED"]):
            arm["failed"] += 1
            continue
        arm["BOR"][row["BOR"]] = arm["BOR"].get(row["BOR"], 0) + 1
        for key in "PFS", "OS":
            arm[key].append((float(row[key]), int(row[key + "_EVENT"])))
    return out


def compare(state, expected, where):
    for arm in state["arms"]:
        e = expected[arm["name"]]
        check(arm["patients"] == e["n"] and arm["failed"] == e["failed"], f"{where}: patients of {arm['name']}")
        for key, n in arm["responses"].items():
            check(n == e["BOR"].get(key, 0), f"{where}: {key} of {arm['name']}: {n}")
        for key in "PFS", "OS":
            check(arm[key]["events"] == sum(x[1] for x in e[key]), f"{where}: {key} events")
            m = median(e[key])
            got = arm[key]["median_day"]
            check(m == got or abs(m - got) < 1e-9 * m, f"{where}: median {key} of {arm['name']}: {got}, not {m}")


def ranges_of(folder):
    settings = json.load(open(folder + "/manifest.json"))["settings"]
    each, total = int(settings["chunk"]), int(settings["patients"]) * int(settings["replicates"])
    ids = sorted(int(f[:-4]) for f in os.listdir(folder + "/chunks") if re.fullmatch(r"\d{6}\.bin", f))
    return [(i * each, min((i + 1) * each, total)) for i in ids]


# ---- absent ----
r = watch(work + "/none")
check(r.returncode == 2 and "there is no folder" in r.stderr, "an absent folder is refused", r.stderr)
os.mkdir(work + "/empty")
r = watch(work + "/empty")
check(r.returncode == 2 and "holds no run" in r.stderr, "an empty folder is refused", r.stderr)
for text in "soon", "-1", "0", "3 weeks", "":
    r = watch(work + "/empty", "--every", text)
    check(r.returncode == 2 and "--every needs a time" in r.stderr, f"--every '{text}' is refused", r.stderr)

# ---- waiting, a running run, Ctrl-C: the run goes on ----
folder = work + "/run"
waiting = subprocess.Popen([perforin, "watch", folder, "--wait", "--json", "--every", "0.05"], stdout=subprocess.PIPE, text=True)
time.sleep(0.3)
run = start_run(folder, "--replicates", "60")
wait_for_chunk(folder)
for width, number in (80, "key"), (40, signal.SIGTERM), (120, signal.SIGINT):
    screen, status, raw = on_terminal(width, [folder, "--every", "0.1"], lambda s: " deaths" in s.text(), number=number)
    text = screen.text()
    wanted = signal.SIGINT if number == "key" else number
    check(os.WIFSIGNALED(status) and os.WTERMSIG(status) == wanted, f"{width} columns: it ends by the signal", text)
    check(run.poll() is None, f"{width} columns: the run goes on")
    check(b"\x1b[?25l" not in raw and b"\x1b[?1049" not in raw, "the cursor and the screen stay as they are")
    check(screen.wrapped == 0, f"{width} columns: no line is wider", text)
    check(max(map(len, screen.line)) < width, f"{width} columns: the last column stays free", text)
    check(text.count("SIMULATED") == 1 and text.count("] ") == 1,
          f"{width} columns: it is drawn in place", text)
    for part in "pembrolizumab + NK", "ORR", "running", "of 6,540 patients", "60 replicates", "seed 1", "failed (0.0 %)", "months":
        check(part in text, f"{width} columns: '{part}'", text)
    check(screen.colours > 0, "colours on a terminal")
    check(screen.column == 0 or text.endswith("^C"), "the cursor stands on a line of its own", text)
check(len([l for l in text.splitlines() if l.startswith("pembrolizumab")]) == 2 and "patients  " in text, "120 columns: a table", text)
screen, status, raw = on_terminal(80, [folder, "--every", "0.1"], lambda s: " deaths" in s.text(), number=signal.SIGTERM,
                                  environment={"NO_COLOR": "1"})
check(screen.colours == 0, "NO_COLOR is heard")
screen, status, raw = on_terminal(60, [folder, "--every", "0.1"], lambda s: "more lines" in s.text(), rows=6, number=signal.SIGTERM)
check(len(screen.line) <= 6 and "more lines" in screen.text(), "a low terminal", screen.text())

# ---- once, while it runs; then it is killed ----
r = watch(folder, "--once", "--json")
state = json.loads(r.stdout)
check(r.returncode == 0 and state["state"] == "running" and r.stdout.count("\n") == 1, "once: running", r.stdout + r.stderr)
check(0 < state["patients"] < 6540 and state["seconds"] > 0, "once: progress", r.stdout)
piped = subprocess.Popen([perforin, "watch", folder, "--every", "0.1 s"], stdout=subprocess.PIPE, text=True)
first = piped.stdout.readline()
check(first == "nsclc-pembro-nk   SIMULATED   60 replicates x 109 patients   seed 1\n", "a pipe: which run", first)
first = piped.stdout.readline()
check(re.match(r" *\d+ %   [\d,]+ of 6,540 patients", first) and "\x1b" not in first, "a pipe gets plain lines", first)
run.kill()
run.wait()
rest = piped.stdout.read()
check(piped.wait() == 3 and "stopped before the end\nresume    perforin run " in rest, "a killed run ends the watch with 3", rest)
states = [json.loads(line) for line in waiting.stdout]
check(waiting.wait() == 3, "a killed run ends the JSON with 3")
names = [s["state"] for s in states]
check(names[0] == "absent" and "running" in names and names[-1] == "stopped", "--wait saw all of it", str(names))
done = [s.get("patients", 0) for s in states]
check(done == sorted(done) and done[-1] > 0, "patients only grow", str(done))
r = watch(folder, "--once")
check(r.returncode == 3 and "resume    perforin run" in r.stdout, "once: stopped", r.stdout + r.stderr)
check(subprocess.run([perforin, "show", folder], capture_output=True).returncode == 3, "as perforin show")
part, ranges = json.loads(watch(folder, "--once", "--json").stdout), ranges_of(folder)
check(part["patients"] == sum(b - a for a, b in ranges), "patients of whole chunks", str(part))
check(part["resume"].startswith("perforin run ") and part["patients_per_second"] is None, "stopped: no rate", str(part))

# ---- a damaged chunk is left out, and said ----
chunk = folder + "/chunks/%06d.bin" % (ranges[0][0] // (ranges[0][1] - ranges[0][0]))
whole = open(chunk, "rb").read()
open(chunk, "wb").write(whole[:400] + b"x" + whole[401:])
bad = json.loads(watch(folder, "--once", "--json").stdout)
check(bad["chunks_damaged"] == 1 and bad["patients"] == part["patients"] - (ranges[0][1] - ranges[0][0]), "a damaged chunk", str(bad))
check("1 damaged chunk" in watch(folder, "--once").stdout, "a damaged chunk is told")
open(chunk, "wb").write(whole)

# ---- resumed: the rest is watched to its end; nothing was written by watching ----
resume = part["resume"].split()[1:] + ["-q"]
run = subprocess.Popen([perforin, *resume], stdout=subprocess.DEVNULL)
for _ in range(1000):
    if json.loads(watch(folder, "--once", "--json").stdout)["state"] != "stopped":
        break
    time.sleep(0.005)
screen, status, raw = on_terminal(80, [folder, "--every", "0.2"], None)
text = screen.text()
check(os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, "a run that ends well ends the watch with 0", text)
check("complete" in text and f"report    {folder}/report.html" in text.replace("\n", ""), "it says where the report is", text)
check(run.wait() == 0, "the resumed run ended well")
check(text.count("SIMULATED") == 1 and "100 %" in text, "the last frame stands", text)
compare(part, figures(folder, ranges), "chunks")

# ---- complete ----
r = watch(folder, "--once", "--json")
whole = json.loads(r.stdout)
check(r.returncode == 0 and whole["state"] == "complete" and whole["report"] == folder + "/report.html", "complete", r.stdout)
compare(whole, figures(folder, [(0, 10**9)]), "table")
summary = json.load(open(folder + "/summary.json"))
for arm, own in zip(summary["arms"], whole["arms"]):
    check([arm[k] for k in ("name", "patients", "failed", "treated", "responses")]
          == [own[k] for k in ("name", "patients", "failed", "treated", "responses")], "as summary.json", str(own))
    orr = next(e for e in arm["endpoints"] if e["endpoint"] == "ORR")
    check(abs(orr["mean"] - own["ORR"]["share"]) < 1e-12, "ORR as summary.json")
for grade in summary["grades"]:
    for k, arm in enumerate(grade["arms"]):
        own = next(g for g in whole["arms"][k]["grades"] if g["grade"] == grade["grade"])
        check(own["worst"] == arm["worst"], "grades as summary.json", str(own))
for curve in summary["survival"]:
    if curve["endpoint"] in ("PFS", "OS"):
        own = next(a for a in whole["arms"] if a["name"] == curve["arm"])
        check(own[curve["endpoint"]]["events"] == curve["events"], "events as summary.json", str(own))
r = watch(folder)
check(r.returncode == 0 and "report    " in r.stdout and "\x1b" not in r.stdout, "a complete run in a pipe", r.stdout)
r = watch(folder, "--once", cwd="/")
check(r.returncode == 0 and "ORR" in r.stdout, "from another folder", r.stdout)

# ---- begun anew as another run, while it is watched in a pipe ----
again = work + "/again"
run = start_run(again, "--replicates", "60")
wait_for_chunk(again)
piped = subprocess.Popen([perforin, "watch", again, "--every", "0.1 s"], stdout=subprocess.PIPE, text=True)
first = piped.stdout.readline()
piped.send_signal(signal.SIGSTOP) # sees nothing of the change itself
run.kill()
run.wait()
run = start_run(again, "--replicates", "2", "--seed", "7", "--force")
check(run.wait() == 0, "begun anew")
piped.send_signal(signal.SIGCONT)
rest = piped.stdout.read().splitlines()
check(piped.wait() == 0 and "60 replicates" in first, "begun anew: the end", first)
named = [line for line in rest if "SIMULATED" in line]
check(named == ["nsclc-pembro-nk   SIMULATED   2 replicates x 109 patients   seed 7"], "begun anew: which run it is now", "\n".join(rest))

# ---- damaged ----
with open(folder + "/patients.csv", "a") as f:
    f.write("x")
r = watch(folder)
check(r.returncode == 1 and "is not what it wrote" in r.stderr, "a damaged table", r.stderr)
with open(folder + "/manifest.json", "w") as f:
    f.write('{"format": "perforin-run-1"')
r = watch(folder)
check(r.returncode == 1 and "manifest.json" in r.stderr and "--force" in r.stderr, "a damaged manifest", r.stderr)
shutil.rmtree(work)
print(f"watch: {checks} checks")
