# Tells beffroi what root alone may see of this machine, and nothing else: docs/security.md, «What asks for root».
# It takes no argument. The first line of standard input is one of the words at the end; `policies` alone reads on:
# questions for sshd, one a line. It writes and changes nothing, and no password's hash and no key is in an answer.
# What it leaves out it says: `cut`. It opens no file that somebody else than root may have laid, keys apart; and none
# of the kernel's in such a file's place, which may do something when it is read.
proc=${1:-/proc}
LC_ALL=C
export LC_ALL
tab=$(printf '\t')
newline='
'
patience=20 # seconds for one program
ends=$(($(date +%s) + 90)) # nothing is begun after that

# One program, ended where it takes too long. It stays in our group, so that it also ends where we are ended.
timeout --foreground 1 true 2>/dev/null && foreground=--foreground || foreground=
within() { timeout $foreground -k 2 "$patience" "$@"; }
late() { [ "$(date +%s)" -ge "$ends" ]; }

# Whether $1 is a regular file of a file system that holds files. Those of the kernel have files that call themselves
# regular and do something when they are read: /proc/kmsg takes the kernel's messages away from the log. The numbers are
# those of statfs(2) and linux/magic.h: proc, sysfs, debugfs, tracefs, securityfs, configfs, pstore, cgroup, cgroup2,
# devpts, mqueue, bpf, efivarfs, selinux, smack, binfmt_misc, hugetlbfs, nsfs, rpc_pipefs, fusectl, binder, resctrl,
# apparmor, functionfs and usbfs.
still='
	case $(stat -L -c %f -- "$1") in 8???) ;; *) exit 1 ;; esac
	case $(readlink -f -- "$1") in /proc/* | /sys/* | /dev/*) exit 1 ;; esac
	case $(stat -f -c %t -- "$1") in
	"" | 9fa0 | 62656572 | 64626720 | 74726163 | 73636673 | 62656570 | 6165676c | 27e0eb | 63677270) exit 1 ;;
	1cd1 | 19800202 | cafe4a11 | de5e81e4 | f97cff8c | 43415d53 | 42494e4d | 958458f6 | 6e736673) exit 1 ;;
	67596969 | 65735543 | 6c6f6f70 | 7655821 | 5a3c69f0 | a647361 | 9fa2) exit 1 ;;
	esac'
is_still() { within sh -c "$still" sh "$1" 2>/dev/null; }
# The first MiB of one, and a byte more; held to that again once it is open, as its owner may have put another there.
read_still() { within sh -c 'exec <"$1" || exit 1; set -- /proc/self/fd/0;'"$still; exec head -c 1048577" sh "$1"; }

# Which programs run code that an update has replaced, and what needrestart says of it. A container's are left out
# before anything is counted, and of one process no more than 1000 files are told, so that none hides another.
processes() {
	[ "$(id -u)" = 0 ] || [ -e "$proc/1" ] || echo hidden
	own=$(stat -L -c %i "$proc/self/ns/pid" 2>/dev/null)
	found=$({
		printf '%s\n' "$proc"/[0-9]*
		printf '%s\n' "$proc"/[0-9]*/ns/pid | xargs stat -L -c '%i %n' 2>/dev/null
	} | own=$own proc=$proc awk '
		function process(pid, file, name, files, got, line) {
			file = ENVIRON["proc"] "/" pid "/maps"
			while ((got = (getline line < file)) > 0) {
				if (line !~ /^[0-9a-f]+-[0-9a-f]+ ..x. [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ [0-9]+ +\//) continue
				name = substr(line, index(line, "/"))
				if (name !~ /^\/(usr\/)?(lib|lib32|lib64|libx32|bin|sbin|libexec)\/.* \(deleted\)$/) continue
				sub(/ \(deleted\)$/, "", name)
				if ((pid, name) in told) continue
				told[pid, name]
				if (++files > 1000 || (size += length(name)) > 16777216) { print "cut " pid; break }
				print "map " pid " " name
			}
			close(file)
			if (got < 0) print "denied " pid
			if (!files) return
			file = ENVIRON["proc"] "/" pid "/comm"
			if ((getline line < file) < 1) line = ""
			close(file)
			gsub(/[\001-\037\177]/, "", line)
			print "process " pid " " line
		}
		{ pid = $NF; sub(/\/ns\/pid$/, "", pid); sub(/.*\//, "", pid) }
		NF == 1 && pid ~ /^[0-9]+$/ { pids[++count] = pid }
		NF == 2 { space[pid] = $1 }
		END {
			for (n = 1; n <= count; n++)
				if (!(pids[n] in space)) print "denied " pids[n]
				else if (space[pids[n]] == ENVIRON["own"]) process(pids[n])
		}')
	printf '%s\n' "$found"
	printf '%s\n' "$found" | sed -n 's/^map [0-9]* //p' | sort -u | tr '\n' '\000' |
		within xargs -0 stat -c 'file %Z %n' -- 2>/dev/null
	echo "== needrestart"
	# To anybody else it tells its version and nothing more. What it starts itself is ended with it.
	if [ "$proc" = /proc ] && [ "$(id -u)" = 0 ] && command -v needrestart >/dev/null 2>&1; then
		{ timeout -k 2 "$patience" needrestart -b -r l 2>/dev/null </dev/null; echo "== ended $?"; } | head -c 262144
	fi
}

# What one tool prints, and how it failed.
tell() {
	command -v "$1" >/dev/null 2>&1 || return 0
	echo "== $1"
	{ said=$(within "$@" 2>&1 >&3 3>&- </dev/null); code=$?; } 3>&1
	case $code in 124 | 137) said="no answer within $patience s" ;; esac
	[ "$code" = 0 ] || printf '\n== failed %s %s\n' "$code" "$(printf '%s' "$said" | head -c 2000 | tr '\n' ' ')"
}

# The rules of the firewall, legacy ones where the kernel holds such a table.
firewall() {
	tell nft -j list ruleset
	tell iptables-save
	tell ip6tables-save
	for family in ip ip6; do
		grep -qs '^filter$' "/proc/net/${family}_tables_names" || continue
		echo "== legacy-$family"
		tell "${family}tables-legacy-save"
	done
}

# Of each account whether it has a password, and the day on which it expires. What is too short is no hash of crypt(5).
# systemd and extrausers hold accounts that the shadow file does not name; one that none of them names has no password,
# unless another source of the machine's may know it.
accounts() {
	[ -e /etc/shadow ] || { echo absent; return; }
	reduced='{ kind = "set"; if ($2 == "") kind = "empty"; else if ($2 ~ /^[!*]/ || length($2) < 13) kind = "locked"
		print $1 ":" kind ":" $8 }'
	awk -F: "$reduced" /etc/shadow 2>/dev/null || { echo denied; return; }
	beside=$(within getent passwd | awk -F: '
		FILENAME != "-" { known[$1]; next }
		!($1 in known) && $1 ~ /^[A-Za-z0-9_][A-Za-z0-9_.@$-]*$/ && count++ < 2000 { print $1 }' /etc/shadow -)
	[ -n "$beside" ] || return 0
	said=$(printf '%s\n' "$beside" | within xargs getent -s 'systemd extrausers' shadow 2>/dev/null)
	printf '%s\n' "$said" | grep . | awk -F: "$reduced"
	sed -n -E 's/#.*//; s/\[[^]]*\]/ /g; s/^[[:space:]]*(passwd|shadow)[[:space:]]*://p' /etc/nsswitch.conf 2>/dev/null |
		tr -s ' \t' '\n' | grep -q -v -x -E 'files|systemd|extrausers|' || printf '%s\n%s\n' "$said" "$beside" | awk -F: '
		NF > 1 { told[$1]; next }
		NF == 1 && !($1 in told) { print $1 ":locked:" }'
}

# Whom the rules of sudo name, as its own reader tells it; of what they may run nothing is told, not even a word of it.
sudo_rules() {
	for file in /etc/doas.conf /etc/sudoers-rs; do [ ! -e "$file" ] || echo "other $file"; done
	[ -e /etc/sudoers ] || { echo none; return; }
	command -v cvtsudoers >/dev/null 2>&1 || { echo missing; return; }
	tell cvtsudoers -e -s defaults -f json /etc/sudoers |
		sed -E -e 's/("(command|sudoedit)": )".*"/\1""/' -e '/^== failed /s/(syntax error).*/\1/'
}

# Whether root alone can have laid a file: it is regular and root's, and nobody else may write in any folder above it,
# nor in those by which it is named: a link there could be turned to another file of root's.
of_root() {
	there=$(within readlink -f -- "$1") && is_still "$there" && roots_alone "$there" && roots_alone "${1%/*}"
}
roots_alone() {
	there=${1:-/}
	while :; do
		case $(stat -L -c '%u %a' -- "$there") in "0 "*[2367]? | "0 "*[2367]) return 1 ;; "0 "*) ;; *) return 1 ;; esac
		[ "$there" != / ] || return 0
		there=${there%/*}
		there=${there:-/}
	done
}

unsure() { printf 'unsure\t%s\n' "$1"; }
# Whether a process still runs: one that has ended, buried or not, shows neither its program nor its root.
is_alive() { grep -qs '^State:.[^ZX]' "$1/status"; }

# The arguments that choose a configuration, of all that an sshd is started with (sshd(8), getopt(3)).
chosen() {
	told=server
	while [ $# -gt 0 ]; do
		case $1 in -?*) ;; *) unsure "an argument of sshd with a blank in it: ${1:-none}"; return ;; esac
		word=${1#-}
		shift
		while [ -n "$word" ]; do
			rest=${word#?}
			letter=${word%"$rest"}
			word=$rest
			case $letter in
			[GQTVt]) return ;; # it only tells or tests something
			[CEbcfghkopu]) ;;
			*) continue ;;
			esac
			[ -n "$word" ] || [ $# -eq 0 ] || { word=$1; shift; }
			case $letter$word in
			f/* | h?* | o[!=]*=* | "o"[!\ ]*\ *) told="$told$tab-$letter$tab$word" ;;
			[foh]*) unsure "the argument -$letter $word of sshd"; return ;;
			esac
			case $letter$word in
			o[Ii][Nn][Cc][Ll][Uu][Dd][Ee]* | o[Mm][Aa][Tt][Cc][Hh]*) unsure "the argument -o $word of sshd"; return ;;
			esac
			word=
		done
	done
	printf '%s\n' "$told"
}

# Every sshd that runs, by the title that it gives itself. Any process may have such a name and such a title, and the
# owner of its folder in /proc says nothing: only the program that is installed is believed, with all four ids root's.
listeners() {
	own=$(readlink /proc/self/ns/pid)
	# sshd by another name: a link to it, or a program called after it. What serves one session is none, nor are these.
	linked=$(find /proc/[0-9]*/exe -maxdepth 0 -lname '*sshd*' -printf '%p %l\n' 2>/dev/null |
		grep -v -E '/(sshd-session|sshd-auth|tinysshd|sshdump)[^/]*$' | sed -n 's,^\([^ ]*\) .*sshd[^/]*$,\1,p')
	for process in /proc/[0-9]*; do
		IFS= read -r name <"$process/comm" || continue
		[ "$name" = sshd ] || case $newline$linked$newline in *"$newline$process/exe$newline"*) ;; *) continue ;; esac
		ids=
		while IFS= read -r line; do
			case $line in Uid:*) ids=$line; break ;; esac
		done <"$process/status"
		[ "$ids" = "Uid:${tab}0${tab}0${tab}0${tab}0" ] || continue
		there=$(readlink "$process/ns/pid") # which tells an ordinary account nothing
		[ "${there:-$own}" = "$own" ] || continue
		# By a link it has the link's name, title and, before 9.8, service of PAM.
		[ "$name" = sshd ] || { ! is_alive "$process" || unsure "an sshd runs by another name: $name"; continue; }
		program=$(readlink "$process/exe")
		case $program in
		'') ! is_alive "$process" || unsure "an sshd that runs may not be looked into: permission denied"; continue ;;
		"$installed (deleted)") ;;
		*)
			if [ ! "$process/exe" -ef "${installed:-/nowhere}" ]; then
				case ${program%" (deleted)"} in
				*/sshd) ! is_alive "$process" || unsure "an sshd runs that is not the installed one: $program" ;;
				esac
				continue
			fi
			;;
		esac
		[ "$process/root" -ef / ] || { ! is_alive "$process" || unsure "an sshd runs with another root"; continue; }
		words=$(tr '\000' '\n' <"$process/cmdline" | head -c 65536)
		case $words in
		'sshd: '*' [listener] '*) words=${words#sshd: }; words=${words%% \[listener\] *}; IFS=' ' ;;
		'sshd: /'*) unsure "an sshd runs whose title is cut"; continue ;;
		/*) IFS=$newline ;; # one that has given itself no title
		*) continue ;; # a session
		esac
		case $words in *\\*) unset IFS; unsure "an sshd runs whose title has a backslash"; continue ;; esac
		set -f
		set -- $words
		unset IFS
		set +f
		shift
		chosen "$@"
	done 2>/dev/null
}

# The last value that a file gives to a variable, after `=`; nothing where it gives none, a failure where it is odd.
setting() { # NAME FILE
	[ -e "$2" ] || return 0
	of_root "$2" || return 1
	within awk -v name="$1" -v single="'" '
		/\\$/ { odd = 1 }
		{ sub(/^[ \t]*(export[ \t]+)?/, "") }
		index($0, name "=") == 1 { value = substr($0, length(name) + 2); sub(/[ \t\r]+$/, "", value); found = 1 }
		END {
			quote = substr(value, 1, 1)
			if (length(value) > 1 && (quote == "\"" || quote == single) && substr(value, length(value)) == quote)
				value = substr(value, 2, length(value) - 2)
			if (odd || value ~ /["\\$`]/ || index(value, single)) exit 1
			if (found) print "=" value
		}' "$2"
}

# How the machine would start the installed sshd: where a socket of systemd's waits for it, no listener shows that.
started() {
	if [ ! -d /run/systemd/system ]; then
		[ -z "$(grep -s -l sshd /etc/inetd.conf /etc/xinetd.d/*)" ] || unsure "an sshd that inetd starts"
		value=$(setting SSHD_OPTS /etc/default/ssh) || { unsure "SSHD_OPTS of /etc/default/ssh"; return; }
		set -f
		chosen ${value#=}
		set +f
		return
	fi
	names='ssh sshd'
	for socket in /etc/systemd/system/*.wants/*.socket; do
		socket=${socket##*/}
		case ${socket%.socket} in *[!A-Za-z0-9_.-]* | ssh | sshd) ;; *) names="$names ${socket%.socket}" ;; esac
	done
	set -f
	for name in $names; do set -- "$@" "$name.service" "$name@beffroi.service"; done
	set +f
	said=$(within systemctl show -p Id,LoadState,ExecStart,Environment,EnvironmentFiles -- "$@" 2>/dev/null </dev/null) || {
		unsure "systemd does not tell how it starts sshd"
		return
	}
	printf '%s\n' "$said" | awk -v start="ExecStart={ path=$installed ; argv[]=" '
		BEGIN { RS = ""; FS = "\n" }
		/(^|\n)LoadState=loaded(\n|$)/ {
			print "unit"
			for (n = 1; n <= NF; n++) if ($n ~ /^Environment(Files)?=./) print $n
			for (n = 1; n <= NF; n++) if (index($n, start) == 1) {
				line = substr($n, length(start) + 1)
				print "argv=" substr(line, 1, index(line, " ; ignore_errors=") - 1)
			}
		}' | while IFS= read -r line; do
		case $line in
		unit) variables= files= ;;
		Environment=*) variables=${line#Environment=} ;;
		EnvironmentFiles=*) line=${line#EnvironmentFiles=}; files=$files${line% (ignore_errors=*}$newline ;;
		argv=*) of_unit "${line#argv=}" ;;
		esac
	done
}

# The arguments of one unit, its variables put in as systemd.service(5) has it: $NAME becomes words.
of_unit() {
	words=
	set -f
	for word in $1; do
		name=${word#\$}
		case $word in
		*[\"\'\\]*) unsure "the unit's line $1"; set +f; return ;;
		\${*}) name=${name#\{}; name=${name%\}} ;;
		\$*) ;;
		*\$*) unsure "the unit's line $1"; set +f; return ;;
		*) words="$words $word"; continue ;;
		esac
		case $name in '' | *[!A-Za-z0-9_]*) unsure "the unit's line $1"; set +f; return ;; esac
		value=
		case " $variables" in
		*" $name="*[\"\'\\]* | *[\"\'\\]*"$name="*) unsure "the variable $name of a unit"; set +f; return ;;
		*" $name="*) value=${variables##*"$name="}; value=${value%% *} ;;
		esac
		IFS=$newline
		for file in $files; do
			given=$(setting "$name" "$file") || { unsure "$name of $file"; unset IFS; set +f; return; }
			[ -z "$given" ] || value=${given#=}
		done
		unset IFS
		words="$words $value"
	done
	set -- $words
	set +f
	shift
	chosen "$@"
}

# Each sshd with the arguments that choose its configuration: those that run, and the installed one in any case.
servers() {
	installed=$(command -v sshd) && installed=$(readlink -f -- "$installed")
	running=$(listeners)
	planned=
	[ -z "$installed" ] || planned=$(started)
	# Where the installed one listens with its usual file, its title says how it was started.
	if printf '%s\n' "$running" | grep '^server' | grep -q -v "$tab-f$tab"; then
		planned=$(printf '%s\n' "$planned" | grep '^server')
	elif [ -n "$installed" ]; then
		printf '%s\n' "$planned" | grep -q '^server' || planned=$planned${newline}server
	fi
	printf '%s\n%s\n' "$running" "$planned" | grep . | sort -u
}

# A configuration's lines that matter, taken apart as sshd does it (OpenSSH, strdelim and argv_split of misc.c).
lines='
	{ size += length($0) + 1 }
	size > 1048576 { print "cut\ta file of sshd"; exit }
	{
		text = $0
		sub(/[ \t\r\f]+$/, "", text)
		sub(/^[ \t\r]+/, "", text)
		if (text == "" || text ~ /^#/ || !match(text, /[ \t\r="]/)) next
		keyword = substr(text, 1, RSTART - 1)
		delimiter = substr(text, RSTART, 1)
		text = substr(text, RSTART + 1)
		if (delimiter == "\"") {
			if (!(at = index(text, "\""))) next
			keyword = keyword substr(text, 1, at - 1)
			text = substr(text, at + 1)
		}
		sub(/^[ \t\r]+/, "", text)
		if (delimiter ~ /[ \t\r]/ && text ~ /^=/) sub(/^=[ \t\r]*/, "", text)
		keyword = tolower(keyword)
		if (keyword !~ /^(match|include|authorizedkeysfile|trustedusercakeys)$/) next
		out = "line\t" keyword
		quote = ""
		within = odd = 0
		for (n = 1; n <= length(text); n++) {
			letter = substr(text, n, 1)
			after = substr(text, n + 1, 1)
			blank = letter == " " || letter == "\t"
			if (!within && blank) continue
			if (!within && letter == "#") break
			if (!within) { within = 1; out = out "\t" }
			if (quote == "" && blank) { within = 0; continue }
			if (quote != "" && letter == quote) { quote = ""; continue }
			if (quote == "" && (letter == "\"" || letter == "\047")) { quote = letter; continue }
			if (letter == "\\" && (after ~ /["\047\\]/ || (quote == "" && after == " "))) { n++; letter = after }
			if (letter ~ /[\t\001-\037]/) odd = 1
			out = out letter
		}
		if (quote == "") print odd ? "unsure\ta word of " keyword : out
	}'

# The lines of one configuration and of all that it includes, each file once.
scan() { # FILE
	waiting=$1$newline
	known=$newline
	while [ -n "$waiting" ]; do
		file=${waiting%%"$newline"*}
		waiting=${waiting#*"$newline"}
		case $known in *"$newline$file$newline"*) continue ;; esac
		known=$known$file$newline
		if [ ${#known} -gt 65536 ] || late; then printf 'cut\tthe files of sshd\n'; return; fi
		why=$(ls -dL -- "$file" 2>&1 >/dev/null | tr '\n' ' ')
		case $why in
		'') ;;
		*'No such file'*) printf 'missing\t%s\n' "$file"; continue ;;
		*) printf 'denied\t%s\n' "$file"; continue ;;
		esac
		of_root "$file" || { printf 'refused\t%s\n' "$file"; continue; }
		[ -r "$file" ] || { printf 'denied\t%s\n' "$file"; continue; }
		text=$(within head -c 1048577 -- "$file" | awk "$lines")
		[ -z "$text" ] || printf '%s\n' "$text"
		IFS=$newline
		set -f
		for pattern in $(printf '%s\n' "$text" | sed -n 's/^line\tinclude\t//p' | tr '\t' '\n'); do
			IFS= # a blank within is one of the name
			set +f
			case $pattern in
			*\\* | '~'*) unsure "Include $pattern" ;;
			/*) ;;
			*) pattern=/etc/ssh/$pattern ;;
			esac
			for found in $pattern; do
				[ -e "$found" ] || [ -L "$found" ] || continue
				case $found in
				*"$newline"*) unsure "Include of a file with a line break in its name" ;;
				*) waiting=$waiting$found$newline ;;
				esac
			done
		done
		set +f
		unset IFS
	done
}

# What one line of `servers` tells: its file's lines, and those that its arguments stand for.
configuration() { # LINE
	case $1 in server*) ;; *) return ;; esac
	printf '%s\n' "$1" | tr '\t' '\n' | sed -n '/^-o$/{n;p;}' | awk "$lines"
	file=$(printf '%s\n' "$1" | tr '\t' '\n' | sed -n '/^-f$/{n;p;q;}')
	scan "${file:-/etc/ssh/sshd_config}"
}

configurations() {
	servers | while IFS= read -r server; do
		printf '%s\n' "$server"
		configuration "$server"
	done
}

# What an inetd or xinetd starts as someone connects: until then nothing of it runs. Of a line the service and the names
# of its programs, of a service of xinetd the same, unless it is disabled.
superserved() {
	for file in /etc/inetd.conf /etc/inetd.d/* /etc/xinetd.conf /etc/xinetd.d/*; do
		[ -e "$file" ] || continue
		of_root "$file" && [ -r "$file" ] || { unsure "what $file has started"; continue; }
		within head -c 1048576 -- "$file" | awk -v other="${file#/etc/x}" -v file="$file" '
			function tell(name) {
				sub(/.*\//, "", name)
				if (name == "sshd") print "unsure\tan sshd that inetd starts"
				else if (name ~ /^[A-Za-z0-9_.-]+$/) print "runs\t" name
			}
			/^[ \t]*(#|$)/ { next }
			other == file { if (NF > 5) { tell($1); tell($6); tell($7) } next }
			{ gsub(/[={}]/, " & "); $0 = $0 }
			$1 == "service" { count = 1; names[1] = $2; off = 0 }
			$1 == "disable" && $3 == "yes" { off = 1 }
			$1 ~ /^server(_args)?$/ { for (n = 3; n <= NF && count < 9; n++) names[++count] = $n }
			$0 ~ /}/ { if (!off) for (n = 1; n <= count; n++) tell(names[n]); count = 0 }'
	done
}

# Every sshd with what its configuration tells apart, the shells that it lets nobody in for, and the other programs
# that may let people in.
doors() {
	configurations
	names=$(printf '%s\n' /proc/[0-9]*/comm | xargs cat 2>/dev/null | sort -u)
	printf '%s\n' "$names" | grep -v -x telnet | sed 's/^/runs\t/' # that process is one that goes out
	printf '%s\n' "$names" | grep -q 'inetd$' && superserved
	for socket in /etc/systemd/system/sockets.target.wants/*.socket; do
		socket=${socket##*/}
		printf 'runs\t%s\n' "${socket%.socket}"
	done
	# Red Hat's package lets root alone read it; said where it names no keytab of Kerberos.
	if of_root /etc/sysconfig/sshd; then
		within grep -q -E '^[^#;]*(KRB5_|GSS_USE_PROXY)' /etc/sysconfig/sshd 2>/dev/null
		[ $? != 1 ] || printf 'unnamed\tkeytab\n'
	fi
	within getent passwd | awk -F: 'NF == 7 && $7 ~ /^\// && !seen[$7]++ { print $7 }' | while IFS= read -r shell; do
		if late; then printf 'cut\tthe shells of the accounts\n'; break; fi
		case $(ls -dL -- "$shell" 2>&1 >/dev/null) in
		'') [ -f "$shell" ] && case $(stat -L -c %A -- "$shell") in *[xst]*) continue ;; esac ;;
		*'No such file'* | *'Not a directory'*) ;;
		*) continue ;;
		esac
		printf 'noshell\t%s\n' "$shell"
	done
}

# What each sshd answers to each question; one that fails is the last. None is asked that reads what is not root's.
policies() {
	questions=$(head -c 524288 | grep -a -E '^user=[^[:cntrl:]]{1,400}$' | head -n 2000)
	servers | while IFS= read -r server; do
		case $server in server*) ;; *) continue ;; esac
		printf '%s\n' "$server"
		! configuration "$server" | grep -q -E '^(refused|cut|unsure)' || continue
		IFS=$tab
		set -f
		set -- $server
		unset IFS
		set +f
		shift
		printf '%s\n' "$questions" | while IFS= read -r question; do
			! late || break
			said=$(within sshd "$@" -T -C "$question" 2>&1 </dev/null)
			status=$?
			case $status in 124 | 137) said="sshd gives no answer within $patience s" ;; esac
			printf '== %s %s\n' "$status" "$question"
			# Of a line that sshd does not understand only the place is told: it may be of any file.
			[ "$status" = 0 ] || { printf '%s\n' "$said" | sed -E 's/(: line [0-9]+):.*/\1/' | tail -n 3; break; }
			printf '%s\n' "$said" | grep -a -i -E "^($keywords) "
		done
	done
}
keywords='allowgroups|allowusers|authenticationmethods|authorizedkeyscommand|authorizedkeysfile|chrootdirectory'
keywords="$keywords|denygroups|denyusers|gssapiauthentication|hostbasedauthentication|kbdinteractiveauthentication"
keywords="$keywords|kerberosauthentication|pamservicename|passwordauthentication|permitemptypasswords|permitrootlogin"
keywords="$keywords|pubkeyauthentication|pubkeyauthoptions|refuseconnection|trustedusercakeys|usedns|usepam"

# Where keys are looked for: what any sshd names, and the usual files; as `files` or `authorities`, tab, pattern.
places() {
	{ printf 'line\tauthorizedkeysfile\t.ssh/authorized_keys\t.ssh/authorized_keys2\n'; configurations; } | awk -F "$tab" '
		/^(unsure|cut|refused|denied)\t/ { print "cut\tthe files of keys that sshd names: " $2; next }
		$1 != "line" { next }
		$2 == "authorizedkeysfile" { kind = "files" }
		$2 == "trustedusercakeys" { kind = "authorities" }
		$2 !~ /^(authorizedkeysfile|trustedusercakeys)$/ { next }
		{
			for (n = 3; n <= NF; n++) if (tolower($n) != "none" && !seen[kind, $n]++) {
				if (++count > 200) { print "cut\tmore than 200 files of keys are named"; exit }
				print kind "\t" $n
			}
		}'
}

# Each account with each file that may open it, as sshd finds it; `-` has the files of authorities.
files_of_keys() {
	where=$where awk -F: '
		function filled(pattern, out, at, token) {
			while ((at = index(pattern, "%")) > 0) {
				token = substr(pattern, at + 1, 1)
				out = out substr(pattern, 1, at - 1)
				out = out (token == "h" ? home : token == "u" ? $1 : token == "U" ? $3 : token == "%" ? "%" : "%" token)
				pattern = substr(pattern, at + 2)
			}
			out = out pattern
			return out ~ /^\// ? out : base "/" out
		}
		BEGIN {
			count = split(ENVIRON["where"], places, "\n")
			for (n = 1; n <= count; n++) {
				split(places[n], one, "\t")
				if (one[1] == "authorities") print "-\t" one[2]
				else if (one[1] == "files") patterns[n] = one[2]
			}
		}
		NF == 7 && $1 !~ /[ \t\/]/ && !seen[$1]++ {
			home = $6 == "" ? "/" : $6
			base = home
			sub(/\/+$/, "", base)
			for (n = 1; n <= count; n++) if (n in patterns) {
				path = filled(patterns[n])
				print path ~ /\t/ ? "cut\ta file of keys with a tab in its name" : $1 "\t" path
			}
		}'
}

# The keys that open each account: type, restrictions and fingerprint; one ssh-keygen for all, none leaves its pipe.
# A line is read as sshd reads it (auth2-pubkeyfile.c, sshkey_read): as a key, else as options and a key. What is
# neither a key nor a comment is told; `key` lines that ssh-keygen gives no fingerprint for are so, too.
keys() {
	command -v ssh-keygen >/dev/null 2>&1 || { echo "no ssh-keygen"; return; }
	where=$(places)
	printf '%s\n' "$where"
	accounts=$(within getent passwd) || printf 'cut\tthe accounts whose keys are looked for\n'
	{
		printf '%s\n' "$accounts" | files_of_keys
		# Who unlocks the disk from afar (dropbear-initramfs) has root's shell as the machine starts.
		for path in /etc/dropbear/initramfs /etc/dropbear-initramfs; do printf 'root\t%s/authorized_keys\n' "$path"; done
	} | while IFS=$tab read -r account path; do
		if [ "$account" = cut ] && [ "${path#/}" = "$path" ]; then printf 'cut\t%s\n' "$path"; continue; fi
		if late; then printf 'cut\tthe files of keys from %s on\n' "$path"; break; fi
		if [ ! -f "$path" ]; then
			# The folder of a file may be closed: `ls` tells that from a file that is not there.
			why=$(ls -dL -- "$path" 2>&1 >/dev/null)
			case $why in
			*"No such file"* | *"Not a directory"*) ;;
			"") printf 'odd\t%s\tis no regular file\n' "$path" ;;
			*) printf 'odd\t%s\t%s\n' "$path" "$why" ;;
			esac
			continue
		fi
		is_still "$path" || { printf 'odd\t%s\tis of the kernel, or cannot be looked at\n' "$path"; continue; }
		printf 'file\t%s\t%s\n' "$account" "$path"
		# The folder's owner may put a pipe there meanwhile: it is left after a while.
		{ read_still "$path" || printf '\n\001odd\n'; } 2>/dev/null | tr '\000' '\002' | sed 's/^/line\t/'
		echo
	done | awk -v reader="timeout $foreground -k 2 $patience ssh-keygen -l -f - 2>&1" '
		function over(why) { printf "odd\t%s\t%s\n", path, why; path = "" }
		function strange() { if (!strangers++) first = number }
		function end_of_file() {
			if (path != "" && strangers) over("has lines that are no key and no comment: " strangers ", the first is line " first)
			path = ""
			size = number = strangers = held = 0
		}
		# Where the options before a key end; 0: nothing comes after them.
		function after_options(text, n, letter, quoted) {
			for (n = 1; n <= length(text); n++) {
				letter = substr(text, n, 1)
				if (!quoted && letter ~ /[ \t]/) return n
				if (letter == "\\" && substr(text, n + 1, 1) == "\"") n++
				else if (letter == "\"") quoted = !quoted
			}
			return 0
		}
		# Of what stands before a key only these words are told: the rest is somebody else'"'"'s.
		function option(word) {
			word = tolower(word)
			if (word ~ /^(no-)?verify-required$/) verified = word !~ /^no-/
			else if (word == "cert-authority") authority = 1
			else if (word == "no-touch-required") untouched = 1
			else if (word ~ /^expiry-time="[0-9]+z?"$/) {
				# Of several sshd takes the earliest; that one is none of ours to tell.
				expiry = expiries++ ? "" : ",expires:" substr(word, 14, length(word) - 14)
			}
		}
		function options_in(text, n, letter, quoted, begins) {
			verified = authority = untouched = expiries = 0
			expiry = ""
			begins = 1
			for (n = 1; n <= length(text); n++) {
				letter = substr(text, n, 1)
				if (letter == "\\" && substr(text, n + 1, 1) == "\"") n++
				else if (letter == "\"") quoted = !quoted
				else if (letter == "," && !quoted) { option(substr(text, begins, n - begins)); begins = n + 1 }
			}
			option(substr(text, begins))
			return (authority ? "cert-authority," : "") (verified ? "verify-required," : "") \
				(untouched ? "no-touch-required," : "") expiry
		}
		# One key, where it may be one: a type, and bytes in base64 whose blanks sshd passes over.
		function key(text, options, type, bytes) {
			sub(/^[ \t]+/, "", text)
			if (!match(text, /[ \t]+/)) return 0
			type = substr(text, 1, RSTART - 1)
			bytes = substr(text, RSTART + RLENGTH)
			if (match(bytes, /[ \t]/)) bytes = substr(bytes, 1, RSTART - 1)
			gsub(/[\013\f\r]/, "", bytes)
			if (type !~ /^[A-Za-z0-9@._-]+$/ || bytes !~ /^AAAA[A-Za-z0-9+\/]+=*$/) return 0
			held++
			count++ # not within the subscript: what awk reads first is its own affair
			keys[count] = type " " bytes " " count
			if (type !~ /^(sk-)?(ssh|ecdsa)-[a-zA-Z0-9.@-]+$/) type = "other"
			printf "key\t%d\t%s\t%s\t%s\t%.60s\t%d\n", count, account, path, options, type, number
			return 1
		}
		/^(odd|cut)\t/ { print; next }
		/^file\t/ { end_of_file(); split($0, named, "\t"); account = named[2]; path = named[3]; next }
		path == "" || !/^line\t/ { next }
		{ line = substr($0, 6); size += length(line) + 1; all += length(line) + 1; number++ }
		line == "\001odd" || size > 1048576 { over("cannot be read whole: permission denied or too large"); next }
		all > 67108864 { over("is not read: too many keys on this machine"); next }
		held > 2500 { over("holds more keys than are read"); next }
		{
			# For sshd a line ends at its first zero byte.
			ended = (at = index(line, "\002"))
			if (ended) line = substr(line, 1, at - 1)
			sub(/^[ \t]+/, "", line)
			if (line ~ /^#/ || (!ended && line ~ /^[ \t\r\f\013]*$/)) next
			if (length(line) > 65536) { strange(); next }
			found = key(line, "")
			if ((at = after_options(line)) && key(substr(line, at), options_in(substr(line, 1, at - 1)))) found = 1
			if (!found) strange()
		}
		END {
			end_of_file()
			fflush()
			if (count) {
				for (number = 1; number <= count; number++) print keys[number] | reader
				close(reader)
			}
		}'
}

# What runs, or will, as whom. A folder that is closed shows nothing of what lies in it.
traces() {
	no_job="^[[:space:]]*(#|\$|[\"']?[A-Za-z_][A-Za-z0-9_]*[\"']?[[:space:]]*=)"
	closed() { [ ! -d "$1" ] || ls -- "$1" >/dev/null 2>&1 || printf 'closed %s\n' "$1"; }
	for folder in /var/spool/cron/crontabs /var/spool/cron; do
		closed "$folder"
		for file in "$folder"/*; do
			# One of comments and settings alone, as `crontab -e` leaves it, has no job.
			! is_still "$file" || within grep -q -v -E "$no_job" "$file" 2>/dev/null || [ $? != 1 ] || continue
			[ ! -f "$file" ] || printf 'cron %s %s\n' "${file##*/}" "$file"
		done
	done
	for file in /etc/crontab /etc/cron.d/*; do
		case $file in *'~' | */'#'* | *.rpmsave | *.rpmorig | *.rpmnew) continue ;; esac # no cron reads it
		[ -f "$file" ] || continue
		is_still "$file" && ( : <"$file" ) 2>/dev/null || { printf 'closed %s\n' "$file"; continue; }
		awk '/^[ \t]*(#|$)/ { next } $1 ~ /=/ { next } /^[ \t]*@/ { print $2; next } NF > 6 { print $6 }' "$file" |
			sort -u | while IFS= read -r name; do printf 'cron %s %s\n' "$name" "$file"; done
	done
	for folder in /var/spool/cron/atjobs /var/spool/at; do
		closed "$folder"
		for file in "$folder"/*; do [ ! -f "$file" ] || stat -c 'owner at %u' -- "$file"; done
	done
	for file in /var/lib/systemd/linger/*; do [ ! -e "$file" ] || printf 'linger %s -\n' "${file##*/}"; done
	closed /var/lib/systemd/linger
	# Of those of systemd-run one that waits for its time is in the folder of transient units.
	within grep -H -Z -E '^[[:space:]]*User[[:space:]]*=' -r /etc/systemd/system /usr/local/lib/systemd/system \
		/run/systemd/system /run/systemd/transient --include='*.service' --include='*.conf' 2>&1 | tr '\000' '\t' |
		sed -n -E -e 's/^([^\t]+)\t[[:space:]]*User[[:space:]]*=[[:space:]]*"?([^[:space:]"]+).*/unit \2 \1/p' \
			-e 's/^grep: (.*): Permission denied$/closed \1/p'
	linked_units
	loaded_units
	processes_by_owner
	[ ! -d /proc/self ] || ( : </proc/1/stat ) 2>/dev/null || echo 'closed /proc'
}

# Whom units run as that are links to files elsewhere (systemctl link), which a search of folders passes over. Such a file
# may be laid by anyone. Those of packages, of the folders themselves and masked ones are none, nor are those that only
# name what another unit wants: systemd does not read their files.
linked_units() {
	count=0
	within find /etc/systemd/system /usr/local/lib/systemd/system /run/systemd/system -type l \
		! -path '*.wants/*' ! -path '*.requires/*' ! -path '*.upholds/*' \
		\( -name '*.service' -o -name '*.conf' \) 2>/dev/null | head -n 2001 | while IFS= read -r file; do
		count=$((count + 1))
		if [ "$count" -gt 2000 ] || late; then printf 'closed the units from %s on\n' "$file"; break; fi
		real=$(within readlink -f -- "$file")
		case $real in
		/usr/lib/systemd/* | /lib/systemd/* | /etc/systemd/system/*.service | /etc/systemd/system/*.conf | /dev/null) continue ;;
		esac
		if text=$(is_still "$real" && read_still "$real" 2>/dev/null); then
			printf '%s\n' "$text" | sed -n -E 's/^[[:space:]]*User[[:space:]]*=[[:space:]]*"?([^[:space:]"]{1,64}).*/\1/p' |
				while IFS= read -r name; do printf 'unit %s %s\n' "$name" "$file"; done
			continue
		fi
		case $(within ls -dL -- "$file" 2>&1 >/dev/null) in
		*'No such file'* | *'Not a directory'* | *'Too many levels'*) ;;
		*) printf 'closed %s\n' "$file" ;;
		esac
	done
}

# Whom the units run as that systemd has loaded, by its own word: an instance of a template, one whose settings lie in a
# folder that is a link, or laid where those of packages lie. Anyone's own manager is none, nor is what answers here and
# has another name each time. Without a bus it answers root alone, and nothing is told.
loaded_units() {
	[ -d /run/systemd/system ] || return 0
	[ "$(id -u)" = 0 ] || [ -S /run/dbus/system_bus_socket ] || return 0
	loaded=$(within systemctl show --all -p Id,User,FragmentPath -- '*.service' 2>/dev/null </dev/null) || {
		printf 'closed the units that systemd has loaded\n'
		return 0
	}
	printf '%s\n' "$loaded" | awk '
		BEGIN { RS = ""; FS = "\n" }
		{
			split("", told)
			for (n = 1; n <= NF; n++) if (at = index($n, "=")) told[substr($n, 1, at - 1)] = substr($n, at + 1)
			if (told["User"] !~ /^[^ \t]+$/ || told["Id"] ~ /^(user|beffroi-reader)@/) next
			print "unit " told["User"] " " (told["Id"] ~ /@/ ? told["Id"] : told["FragmentPath"])
		}'
}

# Whose processes run. In a container of root's (namespaces of its own for processes, not for users, and another root) an
# owner's number is none of this machine's accounts. What may not be looked into counts where it runs on meanwhile. Only
# such a one's root is looked at: anyone else may have one whose file system never answers.
processes_by_owner() {
	first=$(printf '%s\n' /proc/[0-9]* | xargs stat -c 'first %u %n' 2>/dev/null)
	spaces=$(for what in pid user; do
		printf '%s\n' /proc/self/ns/$what /proc/[0-9]*/ns/$what | xargs stat -L -c "$what %i %n" 2>/dev/null
	done | awk '
		{ split($3, path, "/"); seen[$1, path[3]] = $2; pids[path[3]] }
		END {
			for (pid in pids) if (("pid", pid) in seen && ("user", pid) in seen && pid != "self") {
				apart = seen["pid", pid] != seen["pid", "self"] && seen["user", pid] == seen["user", "self"]
				print apart ? "apart" : "here", pid
			}
		}')
	{
		printf '%s\n%s\n' "$first" "$spaces"
		{ echo self; printf '%s\n' "$spaces" | sed -n 's/^apart //p'; } | sed 's,.*,/proc/&/root,' |
			within xargs stat -L -c 'root %d:%i %n' 2>/dev/null
		printf '%s\n' /proc/[0-9]* | xargs stat -c 'last %u %n' 2>/dev/null
	} | awk '
		$1 == "apart" || $1 == "here" { space[$2] = $1; next }
		{ split($3, path, "/"); pid = path[3]; seen[$1, pid] = $2 }
		$1 == "first" || $1 == "last" { owners[pid " " $2] }
		END {
			for (one in owners) {
				split(one, part, " ")
				pid = part[1]
				if (!(pid in space)) {
					if (!(("first", pid) in seen && ("last", pid) in seen)) continue
				} else if (space[pid] == "apart") {
					# One that has ended and waits for its parent has no root any more.
					if (!(("root", pid) in seen) || seen["root", pid] != seen["root", "self"]) continue
				}
				print "owner process " part[2]
			}
		}' | sort -u
}

# What this machine holds that may need a backup: file systems, database servers, guests, volumes of containers, mail
# and web folders. Names and sizes alone: no file of data is opened. What may not be seen is `closed`.
coverage() {
	mounts_with_space
	planned_mounts
	guests
	told=$(database_servers)
	told=$(printf '%s\n' "$told"; idle_servers "$told"; volumes; mail_and_web)
	printf '%s\n' "$told"
	# Sizes are worth no more than a moment: what is not counted by then has none.
	printf '%s\n' "$told" | awk -F "$tab" '
		$1 == "folder" { print $3 }
		$1 == "server" { data[$2] = $5 }
		$1 == "idle" { data[$1] = $3 }
		$1 == "schema" { print data[$2] "/" $3 }' | tr '\n' '\000' |
		timeout -k 1 0.4 xargs -0 du -skx0 -- 2>/dev/null | tr '\n\t\000' '\001\t\n' | sed 's/^/size\t/'
}

# 0 where a path is there, 1 where it is not; `closed` where that may not be seen.
is_there() {
	case $(within ls -dL -- "$1" 2>&1 >/dev/null) in
	'') return 0 ;;
	*'No such file'* | *'Not a directory'* | *'Too many levels'*) return 1 ;;
	esac
	printf 'closed\t%s\n' "$1"
	return 1
}
# Whether something else than that it is not there keeps a path from being seen.
is_hindered() {
	case $(within ls -dL -- "$1" 2>&1 >/dev/null) in *'No such file'* | *'Not a directory'*) return 1 ;; esac
}
# Whether a folder can be listed; one in which somebody has laid files without end takes too long.
is_listed() { within ls -U -- "$1" >/dev/null 2>&1; }
# The folders in a folder and links there, so many at the most: a pattern of the shell's has no end and no limit. What
# breaks a line in a name is another control character then.
folders_in() { # FOLDER MOST
	within find "$1/" -mindepth 1 -maxdepth 1 \( -type d -o -type l \) -print0 2>/dev/null |
		tr '\n\000' '\001\n' | head -n "$2"
}
# The first names in a folder, one a line, whatever a name holds.
names_in() { # FOLDER MOST
	within find "$1/" -mindepth 1 -maxdepth 1 -print0 2>/dev/null | tr '\n\t\000' '\001 \n' | head -n "$2" | sed 's:.*/::'
}
# Whether a folder can be listed and holds anything.
is_filled() {
	is_listed "$1" || { printf 'closed\t%s\n' "$1"; return 1; }
	[ -n "$(names_in "$1" 1)" ]
}
# Whether a name has no control character, which would be read as another line; one that has is told as `odd`.
is_plain() {
	case $1 in *[[:cntrl:]]*) printf 'odd\t%s\n' "$2"; return 1 ;; esac
}

# The table of mounts as the first process has it, since our own unit may have mounts of its own, without the options of
# the file systems, but of a btrfs, which name its subvolume. Then the space of each that is no other machine's, which
# may not answer, and the first names in each folder that may hold data of this one; where the same disk is mounted
# whole, in that place alone, but of a btrfs.
mounts_with_space() {
	cat /proc/1/mountinfo 2>/dev/null | grep -q . && table=/proc/1/mountinfo || table=/proc/self/mountinfo
	awk '
		{
			for (n = 7; n < NF && $n != "-"; n++);
			line = $1 " " $2 " " $3 " " $4 " " $5 " " $6 " - " $(n + 1) " " $(n + 2)
			if ($(n + 1) == "btrfs") line = line " " $(n + 3)
			if (NR > 5000 || (size += length(line)) > 2097152) { print "cut\tmounts"; exit }
			print "mount\t" line
		}' "$table"
	within df -l -a -k --output=used,target 2>/dev/null | head -c 2097152 | sed 's/^ */used\t/'
	awk '
		NR > 5000 { exit }
		{ for (n = 7; n < NF && $n != "-"; n++); kind = $(n + 1) }
		kind ~ /^(proc|sysfs|cgroup2?|devpts|devtmpfs|mqueue|debugfs|tracefs|securityfs|configfs|pstore|bpf|efivarfs)$/ { next }
		kind ~ /^(hugetlbfs|nsfs|rpc_pipefs|fusectl|binfmt_misc|autofs|selinuxfs|smackfs|squashfs|iso9660|erofs)$/ { next }
		kind ~ /^(nfs4?|cifs|smb3|smbfs|glusterfs|afs|ceph|lustre|9p|virtiofs|fuse\..*)$/ { next }
		kind ~ /^(tmpfs|ramfs|overlay)$/ && $5 ~ /^\/(run|dev|sys|tmp|snap|var\/(tmp|cache|lib\/(docker|containers|containerd|kubelet)))(\/|$)/ { next }
		{ if ($4 == "/" && kind != "btrfs") whole[$3]; disks[NR] = $3; roots[NR] = $4; points[NR] = $5 }
		END {
			for (n = 1; n <= NR; n++) if (n in points && (roots[n] == "/" || !(disks[n] in whole)) && !seen[points[n]]++)
				if (++count <= 200) print points[n]
		}' "$table" | while IFS= read -r point; do
		if late; then printf 'cut\tmounts\n'; break; fi
		path=$point
		case $point in
		*\\*) path=$(printf '%b.' "$(printf '%s' "$point" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')"); path=${path%.} ;;
		esac
		# One that may not be looked at, or whose disk fails, may hold anything; one below another mount is not there.
		if [ ! -d "$path" ]; then
			[ ! -e "$path" ] && is_hindered "$path" || printf 'file\t%s\n' "$point"
			continue
		fi
		names=$(names_in "$path" 9)
		if [ -n "$names" ]; then
			printf '%s\n' "$names" | while IFS= read -r name; do printf 'holds\t%s\t%s\n' "$point" "$name"; done
		elif is_listed "$path"; then
			printf 'empty\t%s\n' "$point"
		fi
	done
}

# File systems of this machine that are to be mounted at each start (fstab(5)), mounted or not.
planned_mounts() {
	of_root /etc/fstab || { ! is_there /etc/fstab || printf 'closed\t/etc/fstab\n'; return 0; }
	within head -c 1048576 -- /etc/fstab | awk '
		/^[ \t]*#/ || NF < 4 || $2 !~ /^\// { next }
		$3 ~ /^(swap|none|proc|sysfs|tmpfs|ramfs|devpts|overlay|squashfs|iso9660|udf|9p|virtiofs|fuse.*)$/ { next }
		$3 ~ /^(nfs4?|cifs|smb3|smbfs|glusterfs|ceph|lustre|afs|davfs)$/ { next }
		("," $4 ",") ~ /,r?bind,/ { next }
		# Where an automount stands for it, it is there at each start all the same.
		("," $4 ",") ~ /,noauto,/ && ("," $4 ",") !~ /,(x-|comment=)systemd\.automount,/ { next }
		++count <= 200 { print $2 }
		count == 201 { print "cut" }' | while IFS= read -r point; do
		case $point in
		cut) printf 'cut\tmounts\n'; continue ;;
		*\\*) point=$(printf '%b.' "$(printf '%s' "$point" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')"); point=${point%.} ;;
		esac
		real=$(within readlink -f -- "$point") && is_plain "$real" /etc/fstab && printf 'planned\t%s\n' "$real"
	done
}

# PostgreSQL and MariaDB servers: the processes that have started the others, the sockets that they listen on, and the
# folders of a MariaDB data folder, which are its databases. `inner`: it runs in a container.
database_servers() {
	( : </proc/1/stat ) 2>/dev/null || printf 'closed\t/proc\n'
	printf '%s\n' /proc/[0-9]*/comm | xargs grep -lsxE 'postgres|postmaster|mysqld|mariadbd' | sed 's/comm$/status/' |
		head -n 5001 | xargs awk '
		FNR == 1 { pid = FILENAME; gsub(/[^0-9]/, "", pid); pids[++count] = pid }
		/^Name:/ { name[pid] = $2 }
		/^PPid:/ { parent[pid] = $2 }
		/^NSpid:/ { inner[pid] = NF }
		END { for (n = 1; n <= count && n <= 5000; n++) if (!(parent[pids[n]] in name))
			print pids[n], name[pids[n]], inner[pids[n]]
			if (count > 5000) print "cut" }' /dev/null 2>/dev/null |
		while read -r pid name depth; do
			if [ "$pid" = cut ]; then printf 'cut\tprocesses of database servers\n'; continue; fi
			servers=$((${servers:-0} + 1))
			if [ "$servers" -gt 100 ] || late; then printf 'cut\tdatabase servers\n'; break; fi
			own=$(awk '/^NSpid:/ { print NF }' /proc/self/status)
			[ "$depth" = "$own" ] && where=own || where=inner
			if ! data=$(readlink "/proc/$pid/cwd"); then
				is_alive "/proc/$pid" || continue
				data= # it does not show where it stands, or the path is longer than any may be
				[ ! -d "/proc/$pid/cwd/." ] || data=/
			fi
			is_plain "$data" "the data folder of $name" || continue
			# Anybody may have mounts of their own, with another folder of that name.
			[ ! -e "$data" ] || [ "/proc/$pid/cwd" -ef "$data" ] || data="$data (elsewhere)"
			case $name$where in postgresown | postmasterown) listens=$(listens "$pid") ;; *) listens= ;; esac
			printf 'server\t%s\t%s\t%s\t%s\t%s\n' "$pid" "$name" "$where" "$data" "$listens"
			case $name$where in mysqldown | mariadbdown) ;; *) continue ;; esac
			# Any process may have such a name and stand in any folder: only a data folder is listed.
			if is_of_mariadb "$data"; then schemas "$pid" "$data"; else printf 'unlisted\t%s\n' "$pid"; fi
		done
	poolers=$(sockets_of_poolers)
	awk -v poolers="$poolers" '
		BEGIN { for (n = split(poolers, list); n > 0; n--) of_pooler[list[n]] }
		$4 == "00010000" && $8 ~ /\/(\.s\.PGSQL\.[0-9]+|(mysqld?|mariadbd?)[^\/]*\.sock)$/ && NF == 8 {
			if (!seen[$8]++) paths[++count] = $8
			# Any process may be called a pooler, and bind a name that a server has as well.
			if (!($7 in of_pooler)) of_server[$8]
		}
		END {
			for (n = 1; n <= count && n <= 50; n++) print ((paths[n] in of_server) ? "socket\t" : "pooler\t") paths[n]
			if (count > 50) print "cut\tsockets of databases"
		}' /proc/net/unix 2>/dev/null || printf 'closed\t/proc/net/unix\n'
}

# Whether a PostgreSQL listens itself on a socket of the form that is told: a socket that answers may be anybody's.
# Empty: it does not show what it has open, no more than the first process does.
listens() { # PID
	within ls -- "/proc/$1/fd" >/dev/null 2>&1 || within ls -- /proc/1/fd >/dev/null 2>&1 || return 0
	{
		sockets_of "$1" | head -n 10000 | sed 's/^/own /'
		cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null | sed 's/^/inet /'
		sed 's/^/unix /' /proc/net/unix
	} | awk '
		$1 == "own" { own[$2]; next }
		$1 == "inet" { delete own[$11]; next }
		!($8 in own) { next }
		# Any account may bind a name with a line break: of a number that two lines tell, one is no socket of it.
		{ count[$8]++ }
		$5 == "00010000" && NF == 9 && $9 ~ /\/\.s\.PGSQL\.[0-9]+$/ { named[$8] }
		END {
			for (one in named) if (count[one] == 1) found = 1
			print found ? "listens" : "silent"
		}'
}

# The numbers of the sockets that connection poolers have: they listen as a server does, and hold nothing themselves.
sockets_of_poolers() {
	printf '%s\n' /proc/[0-9]*/comm | xargs grep -lsxE 'pgbouncer|pgpool|odyssey|pgcat' | head -n 100 | while IFS= read -r name; do
		name=${name%/comm}
		late || sockets_of "${name##*/}" | head -n 1000
	done
}
# The numbers of the sockets of one process. It may have a file open whose name says that it is one: what a line leads to
# is all that follows the first arrow, and -q has it stay on its line.
sockets_of() { # PID
	within ls -lnq -- "/proc/$1/fd" 2>/dev/null | sed -n 's/^[^>]* -> socket:\[\([0-9]*\)\]$/\1/p'
}

# Whether a folder is a MariaDB's data folder that may be listed.
is_of_mariadb() { { [ -e "$1/ibdata1" ] || [ -e "$1/aria_log_control" ]; } && is_listed "$1"; }
# Its databases, which are the folders in it.
schemas() { # PID DATA
	of=$1 data_folder=$2
	listed=$(folders_in "$2" 1001)
	set -f
	IFS=$newline
	set -- $listed
	unset IFS
	set +f
	[ $# -le 1000 ] || printf 'cut\tdatabases\n'
	for folder do
		is_plain "$folder" "$data_folder" && [ -d "$folder" ] || continue
		printf 'schema\t%s\t%s\n' "$of" "${folder##*/}"
	done
}

# Data folders, in Debian's and Red Hat's own places, in which no server runs: what lies there is there all the same.
idle_servers() { # what was told of those that run
	idle=0
	for folder in /var/lib/postgresql/*/* /var/lib/pgsql/data /var/lib/pgsql/*/data; do
		[ -d "$folder" ] || is_hindered "$folder" || continue
		idle=$((idle + 1))
		if [ "$idle" -gt 100 ] || late; then printf 'cut\tdatabase servers\n'; break; fi
		is_idle "$folder" postgres postmaster "$1" && [ -e "$real/PG_VERSION" ] && printf 'idle\tpostgres\t%s\n' "$real"
	done
	if is_idle /var/lib/mysql mariadbd mysqld "$1" && is_of_mariadb "$real"; then
		printf 'idle\tmariadbd\t%s\n' "$real"
		schemas idle "$real"
	fi
}
# Whether a folder is there, and no server stands in it; one that does not show where it stands may stand there.
is_idle() { # FOLDER NAME OTHER-NAME TOLD
	real=$(within readlink -f -- "$1" 2>/dev/null) && is_plain "$real" "${1%/*}" || return
	case $4$newline in
	*"${tab}own$tab$real$tab"* | *"$tab$2${tab}own$tab$tab"* | *"$tab$3${tab}own$tab$tab"*) return 1 ;;
	esac
	is_there "$real/."
}

# Of a guest that runs, libvirt keeps a file of root's in the folder of QEMU's account, which can take it away or give it
# another name, and can lay none of root's.
is_of_running() { # FILE
	case $1 in
	/run/libvirt/*) [ "$(within stat -c '%u %a %F' -- "$1")" = "0 600 regular file" ] && is_still "$1" ;;
	*) return 1 ;;
	esac
}
# Virtual machines and containers of libvirt and of Proxmox, running or not, each with what it calls its disks.
guests() {
	count=0
	for file in /etc/libvirt/qemu/*.xml /etc/libvirt/lxc/*.xml /run/libvirt/qemu/*.xml \
		/etc/pve/qemu-server/*.conf /etc/pve/lxc/*.conf; do
		[ -e "$file" ] || continue
		is_plain "$file" "${file%/*}" || continue
		count=$((count + 1))
		if [ "$count" -gt 500 ] || late; then printf 'cut\tguests\n'; break; fi
		name=${file##*/}
		name=${name%.*}
		case $file in /etc/pve/*) kind=proxmox ;; *) kind=libvirt ;; esac
		printf 'guest\t%s\t%s\n' "$kind" "$name"
		{ of_root "$file" || is_of_running "$file"; } && [ -r "$file" ] || { printf 'closed\t%s\n' "$file"; continue; }
		read_still "$file" 2>/dev/null | awk -v kind="$kind" -v name="$name" '
			function tell(disk) { if (disk !~ /[\001-\037]/ && ++count <= 100) print "disk\t" kind "\t" name "\t" disk }
			function meant(text) { # as XML writes it
				gsub(/&apos;/, "\047", text)
				gsub(/&quot;/, "\"", text)
				gsub(/&lt;/, "<", text)
				gsub(/&gt;/, ">", text)
				gsub(/&amp;/, "\\&", text)
				return text
			}
			kind == "proxmox" && /^\[/ { exit } # what comes after are its snapshots
			kind == "proxmox" && /^(ide|sata|scsi|virtio|efidisk|tpmstate|mp)[0-9]+: |^rootfs: / {
				if ($0 ~ /media=cdrom/ || $2 ~ /^none/) next
				split($2, parts, ",")
				tell(parts[1])
				# A container: vzdump takes its root, another volume where it is told to, and never a device (pct(1)).
				# What is bound there lies on this machine, as a file system of its own.
				if ($1 !~ /^mp/) lacks = $0 ~ /[,]backup=(0|no|off|false)([, ]|$)/
				else if (parts[1] ~ /^\//) lacks = parts[1] ~ /^\/dev\//
				else lacks = $0 !~ /[,]backup=(1|yes|on|true)([, ]|$)/
				if (lacks) print "unsaved\t" name "\t" $1
			}
			# A card of the network and a console have a source as well. A disk that ends on its own line is one of a
			# job that runs, a mirror what that job writes, and a device on a bus is one that the guest has for itself.
			kind == "libvirt" && /<(disk|filesystem) / && !/<(disk|filesystem) [^<>]*\/>/ {
				inside = $0 !~ /device=.(cdrom|floppy)/ && $0 !~ /<filesystem type=.ram/
			}
			kind == "libvirt" && /<hostdev / && / type=.(scsi|storage)/ { tell("scsi") }
			kind == "libvirt" && /<mirror / && !/<mirror [^<>]*\/>/ { mirror = 1 }
			kind == "libvirt" && /<source / && inside && !mirror {
				before = count
				for (n = 1; n <= 4; n++) {
					word = n == 1 ? "file" : n == 2 ? "dev" : n == 3 ? "volume" : "dir"
					if (match($0, word "=[\"\047][^\"\047]*[\"\047]"))
						tell(meant(substr($0, RSTART + length(word) + 2, RLENGTH - length(word) - 3)))
				}
				# What another machine has, or a card of its own, no file here holds; nor what another program serves.
				if ($0 ~ / protocol=/) tell("network")
				if ($0 ~ / type=.pci/) tell("pci")
				if (count == before) tell("other")
			}
			kind == "libvirt" && /<\/mirror>/ { mirror = 0 }
			kind == "libvirt" && /<\/(disk|filesystem)>/ { inside = 0 }'
	done
	for folder in /etc/libvirt/qemu /etc/pve/qemu-server /etc/pve/lxc; do
		! is_there "$folder" || ls -- "$folder" >/dev/null 2>&1 || printf 'closed\t%s\n' "$folder"
	done
}

# Volumes of Docker and Podman that hold anything.
volumes() {
	set -- /var/lib/docker/volumes /var/lib/containers/storage/volumes /var/snap/docker/common/var-lib-docker/volumes
	root=/var/lib/docker
	if [ ! -e /etc/docker/daemon.json ]; then :
	elif of_root /etc/docker/daemon.json && [ -r /etc/docker/daemon.json ]; then
		# Docker before 23 has it under its older name too. An entry may go on in the next line.
		told=$(within head -c 1048576 -- /etc/docker/daemon.json | tr '\n' ' ' |
			sed -n -e 's/"graph"/"data-root"/' -e 's/.*"data-root"[[:space:]]*:[[:space:]]*"\(\/[^"\\]*\)".*/\1/p')
		root=${told:-$root}
	else
		printf 'closed\t/etc/docker/daemon.json\n'
	fi
	[ "$root" = /var/lib/docker ] || set -- "$@" "$root/volumes"
	# With accounts of its own (userns-remap), Docker keeps all of it in a folder with their numbers.
	for folder in /var/lib/docker/[0-9]*.[0-9]*/volumes "$root"/[0-9]*.[0-9]*/volumes; do
		[ ! -d "$folder" ] || set -- "$@" "$folder"
	done
	places=$(places_of_podman)
	printf '%s\n' "$places" | grep '^closed'
	below=$(printf '%s\n' "$places" | sed -n 's/^home\t//p')
	homes=$({ printf '%s\n' /root /home/*; within cut -d : -f 6 /etc/passwd; } | awk '!seen[$0]++')
	IFS=$newline
	for folder in $(printf '%s\n' "$places" | sed -n 's/^place\t//p'); do set -- "$@" "$folder"; done
	# Accounts have theirs below their homes, which are anywhere where a service has one.
	for home in $homes; do
		case $home in / | /bin | /sbin | /dev | /nonexistent | /usr/*) continue ;; esac
		if late; then printf 'cut\tvolumes of containers\n'; break; fi
		for folder in $below; do set -- "$@" "$home$folder"; done
		is_there "$home/.local/share" || continue
		set -- "$@" "$home/.local/share/containers/storage/volumes" "$home/.local/share/docker/volumes"
	done
	unset IFS
	looked=$newline
	for root in "$@"; do
		case $looked in *"$newline$root$newline"*) continue ;; esac
		looked=$looked$root$newline
		is_there "$root" || continue
		is_listed "$root" || { printf 'closed\t%s\n' "$root"; continue; }
		volumes_in "$root" || return 0
	done
}

# Where Podman was told to keep them (containers-storage.conf(5), containers.conf(5)): each a place or a folder below the
# homes. What else stands there for an account may be anything.
places_of_podman() {
	for file in /usr/share/containers/storage.conf /usr/share/containers/containers.conf /etc/containers/storage.conf \
		/etc/containers/containers.conf /etc/containers/containers.conf.d/*.conf; do
		[ -e "$file" ] || continue
		of_root "$file" && [ -r "$file" ] || { printf 'closed\t%s\n' "$file"; continue; }
		within awk -v single="'" '
			{ sub(/^[ \t]+/, "") }
			match($0, /^(graphroot|rootless_storage_path|volume_path)[ \t]*=[ \t]*/) {
				rest = $0 ~ /^volume_path/ ? "" : "/volumes"
				value = substr($0, RLENGTH + 2)
				quote = substr($0, RLENGTH + 1, 1)
				end = index(value, quote)
				if (!end || (quote != "\"" && quote != single)) next
				value = substr(value, 1, end - 1) rest
				gsub(/[{}]/, "", value)
				kind = sub(/^\$HOME\//, "/", value) ? "home" : "place"
				gsub(/\$[A-Za-z_]+/, "*", value)
				if (value ~ /^\//) print kind "\t" value
			}' "$file"
	done
}

# Those of one folder; a failure where no more are told.
volumes_in() { # FOLDER
	root=$1
	listed=$(folders_in "$1" 1001)
	set -f
	IFS=$newline
	set -- $listed
	unset IFS
	set +f
	for volume do
		is_plain "$volume" "$root" && [ -d "$volume" ] || continue
		found=$((${found:-0} + 1))
		if [ "$found" -gt 500 ] || late; then printf 'cut\tvolumes of containers\n'; return 1; fi
		! is_there "$volume/_data" || ! is_filled "$volume/_data" || tell_folder container "$volume/_data" "${volume##*/}"
	done
	[ $# -le 1000 ] || { printf 'cut\tvolumes of containers\n'; return 1; }
}

# /etc, where mail usually lies, and the folders that web servers name.
mail_and_web() {
	tell_folder folder /etc
	for folder in /var/mail /var/spool/mail /var/vmail /var/spool/imap /var/spool/cyrus /var/lib/cyrus \
		/home/vmail /srv/vmail /srv/mail; do
		! is_there "$folder" || ! is_filled "$folder" || tell_folder mail "$folder"
	done
	for file in /etc/nginx/nginx.conf /etc/nginx/sites-enabled/* /etc/nginx/conf.d/*.conf \
		/etc/apache2/apache2.conf /etc/apache2/sites-enabled/* /etc/apache2/conf-enabled/*.conf \
		/etc/httpd/conf/httpd.conf /etc/httpd/conf.d/*.conf; do
		[ -e "$file" ] || [ -L "$file" ] || continue
		of_root "$file" && [ -r "$file" ] || { [ ! -e "$file" ] || printf 'closed\t%s\n' "$file"; continue; }
		within head -c 1048576 -- "$file" | awk '
			{ sub(/^[ \t]+/, "") }
			/^#/ { next }
			tolower($1) == "root" || tolower($1) == "documentroot" {
				text = $0
				sub(/^[^ \t]+[ \t]+/, "", text)
				sub(/[ \t;]*(#.*)?\r?$/, "", text)
				gsub(/^["\047]|["\047]$/, "", text)
				if (text ~ /^\// && text !~ /[$\001-\037]/) print text
			}'
	done | sort -u | head -n 201 | while IFS= read -r line; do
		case $line in closed*) printf '%s\n' "$line"; continue ;; esac
		webs=$((${webs:-0} + 1))
		if [ "$webs" -gt 200 ]; then printf 'cut\tweb folders\n'; break; fi
		! is_there "$line" || ! is_filled "$line" || tell_folder web "$line"
	done
}

# One folder under its real path, with the name of a volume behind it.
tell_folder() { # KIND PATH [NAME]
	real=$(within readlink -f -- "$2") && is_plain "$real" "${2%/*}" && printf 'folder\t%s\t%s\t%s\n' "$1" "$real" "$3"
}

command -v timeout >/dev/null 2>&1 || { echo "timeout of coreutils is missing here" >&2; exit 2; }
IFS= read -r request
case $request in
processes | firewall | accounts | traces | coverage) ;;
doors | policies | keys) PATH=$PATH:/usr/sbin:/sbin ;; # where an ordinary account does not look for sshd
sudo) request=sudo_rules ;;
*) echo "no such request" >&2; exit 2 ;;
esac
{ echo "beffroi-root 15"; "$request"; echo "== end"; } | head -c 33554432
