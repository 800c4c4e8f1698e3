# Tells beffroi what root alone may see of this machine, and nothing else: docs/security.md, «What asks for root».
# It takes no argument. The first line of standard input is one of the words at the end; `policies` alone reads on:
# questions for sshd, one a line. It writes and changes nothing, and no password's hash and no key is in an answer.
proc=${1:-/proc}
tab=$(printf '\t')

# Which programs run code that an update has replaced, and what needrestart says of it.
processes() {
	maps=$(grep -a -H -E '^[0-9a-f-]+ ..x. .* /(usr/(lib|bin|sbin|libexec)|lib|lib32|lib64|bin|sbin)/.* \(deleted\)$' \
		"$proc"/[0-9]*/maps 2>&1 | head -c 4194304)
	printf '%s\n== details\n' "$maps"
	readlink "$proc/self/ns/pid"
	[ "$(id -u)" = 0 ] || [ -e "$proc/1" ] || echo hidden
	for pid in $(printf '%s\n' "$maps" | sed -n '/(deleted)$/s|.*/\([0-9]*\)/maps:.*|\1|p' | sort -un | head -n 500); do
		printf 'process %s %s ' "$pid" "$(readlink "$proc/$pid/ns/pid")"
		tr -d '\000-\037' <"$proc/$pid/comm"
		echo
	done 2>/dev/null
	printf '%s\n' "$maps" | sed -n 's|^[^ ]* [^ ]* [^ ]* [^ ]* [^ ]* *\(/.*\) (deleted)$|\1|p' | sort -u | head -n 500 |
		while IFS= read -r file; do stat -c 'file %Z %n' -- "$file" 2>/dev/null; done
	echo "== needrestart"
	# To anybody else it tells its version and nothing more.
	if [ "$proc" = /proc ] && [ "$(id -u)" = 0 ] && command -v needrestart >/dev/null 2>&1; then
		needrestart -b -r l 2>/dev/null </dev/null | head -c 262144
	fi
}

# What one tool prints, and how it failed.
tell() {
	command -v "$1" >/dev/null 2>&1 || return 0
	echo "== $1"
	{ said=$("$@" 2>&1 >&3 3>&- </dev/null); code=$?; } 3>&1
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

# Of each account whether it has a password, and the day on which it expires.
accounts() {
	[ -e /etc/shadow ] || { echo absent; return; }
	awk -F: '{ kind = "set"; if ($2 == "") kind = "empty"; else if ($2 ~ /^[!*x]/) kind = "locked"
		print $1 ":" kind ":" $8 }' /etc/shadow 2>/dev/null || echo denied
}

# Whom the rules of sudo name, as its own reader tells it; of what they may run nothing is told, not even a word of it.
sudo_rules() {
	for file in /etc/doas.conf /etc/sudoers-rs; do [ ! -e "$file" ] || echo "other $file"; done
	[ -e /etc/sudoers ] || { echo none; return; }
	command -v cvtsudoers >/dev/null 2>&1 || { echo missing; return; }
	tell cvtsudoers -e -s defaults -f json /etc/sudoers |
		sed -E -e 's/("(command|sudoedit)": )".*"/\1""/' -e '/^== failed /s/(syntax error).*/\1/'
}

# Which sshd listen, each with the arguments that choose its configuration, by the titles that they give themselves.
# Anybody may call a process so: only root's own sshd is believed (what takes root's rights keeps its file's name), and
# none of a container, whose root would name a file of its own choice.
servers() {
	own=$(readlink /proc/self/ns/pid)
	for title in $(grep -a -l -s '^sshd: .*\[listener\]' /proc/[0-9]*/cmdline); do
		process=${title%/cmdline}
		there=$(readlink "$process/ns/pid") # which tells an ordinary account nothing
		[ "$(stat -c %u "$process")" = 0 ] && [ "$(cat "$process/comm")" = sshd ] && [ "${there:-$own}" = "$own" ] &&
			tr '\000' '\n' <"$title" | head -n 1
	done 2>/dev/null | sort -u | while IFS= read -r title; do
		set -f
		set -- ${title%% \[listener\]*}
		shift 2
		printf server
		while [ $# -gt 0 ]; do
			case $1 in
			-[foh]) printf '\t%s\t%s' "$1" "$2"; [ $# -lt 2 ] || shift ;;
			-[foh]*) printf '\t%.2s\t%s' "$1" "${1#-?}" ;;
			esac
			shift
		done
		echo
	done | grep . || { ! command -v sshd >/dev/null 2>&1 || echo server; }
}

# The lines of one configuration that matter, those of included files too.
scan() { # FILE DEPTH
	[ "$2" -lt 17 ] || return 0
	why=$(cat -- "$1" 2>&1 >/dev/null | tr '\n' ' ')
	case $why in
	'') ;;
	*'No such file'*) printf 'missing\t%s\n' "$1"; return 0 ;;
	*) printf 'denied\t%s\n' "$1"; return 0 ;;
	esac
	grep -a -i -E '^[[:space:]]*(match|include|authorizedkeysfile|trustedusercakeys)([[:space:]]|=)' -- "$1" |
		head -n 2000 | while IFS= read -r line; do
		printf 'line\t%s\n' "$line"
		case $line in *[Ii][Nn][Cc][Ll][Uu][Dd][Ee][[:space:]=]*) ;; *) continue ;; esac
		for pattern in $(printf '%s' "$line" | tr -d '"' | sed 's/^[[:space:]]*[A-Za-z]*[[:space:]=]*//'); do
			case $pattern in /*) ;; *) pattern=/etc/ssh/$pattern ;; esac
			for file in $pattern; do [ ! -e "$file" ] || scan "$file" $(($2 + 1)); done
		done
	done
}

# Every sshd with what its configuration tells apart, and the other programs that may let people in.
doors() {
	servers | while IFS= read -r server; do
		printf '%s\n' "$server"
		file=$(printf '%s\n' "$server" | tr '\t' '\n' | sed -n '/^-f$/{n;p;q;}')
		scan "${file:-/etc/ssh/sshd_config}" 0
	done
	cat /proc/[0-9]*/comm 2>/dev/null | sort -u | sed 's/^/runs\t/'
	for socket in /etc/systemd/system/sockets.target.wants/*.socket; do
		socket=${socket##*/}
		printf 'runs\t%s\n' "${socket%.socket}"
	done
}

# What each sshd answers to each question; one that fails is the last.
policies() {
	questions=$(head -c 524288 | grep -a -E '^user=[^[:cntrl:]]{1,400}$' | head -n 2000)
	servers | while IFS= read -r server; do
		printf '%s\n' "$server"
		IFS=$tab
		set -f
		set -- $server
		unset IFS
		shift
		printf '%s\n' "$questions" | while IFS= read -r question; do
			said=$(sshd "$@" -T -C "$question" 2>&1 </dev/null)
			status=$?
			printf '== %s %s\n' "$status" "$question"
			# Of a line that sshd does not understand only the place is told: it may be of any file.
			[ "$status" = 0 ] || { printf '%s\n' "$said" | sed -E 's/(: line [0-9]+):.*/\1/' | tail -n 3; break; }
			printf '%s\n' "$said" | grep -a -i -E "^($keywords) "
		done
	done
}
keywords='allowgroups|allowusers|authenticationmethods|authorizedkeyscommand|authorizedkeysfile|denygroups|denyusers'
keywords="$keywords|gssapiauthentication|hostbasedauthentication|kbdinteractiveauthentication|kerberosauthentication"
keywords="$keywords|pamservicename|passwordauthentication|permitemptypasswords|permitrootlogin|pubkeyauthentication"
keywords="$keywords|pubkeyauthoptions|refuseconnection|trustedusercakeys|usedns|usepam"

# Where keys are looked for: what any sshd names, and the usual files; as `files` or `authorities`, tab, pattern.
places() {
	found=$(doors | sed -n -e 's/^line\t//p' -e '/^server\t/y/\t/\n/' -e '/^server\n/p' | tr -d '"' | sed 's/#.*//')
	{
		printf 'authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2\n%s\n' "$found"
	} | sed -n -E -e 's/^[[:space:]]*authorizedkeysfile[[:space:]=]+/files /Ip' \
		-e 's/^[[:space:]]*trustedusercakeys[[:space:]=]+/authorities /Ip' |
		awk '{ for (n = 2; n <= NF; n++) if (tolower($n) != "none" && !seen[$1, $n]++) print $1 "\t" $n }' | head -n 200
}

# The keys that open each account: type, restrictions and fingerprint; one ssh-keygen for all, none leaves its pipe.
keys() {
	where=$(places)
	printf '%s\n' "$where"
	getent passwd | where=$where awk -F: '
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
				if (one[1] == "authorities") print "-\t" one[2]; else patterns[n] = one[2]
			}
		}
		NF == 7 && $1 !~ /[ \t\/]/ && !seen[$1]++ {
			home = $6 == "" ? "/" : $6
			base = home
			sub(/\/+$/, "", base)
			for (n = 1; n <= count; n++) if (n in patterns) {
				path = filled(patterns[n])
				if (path !~ /\t/) print $1 "\t" path
			}
		}' | while IFS=$tab read -r account path; do
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
		printf 'file\t%s\t%s\n' "$account" "$path"
		{ head -c 1048577 -- "$path" || printf '\n\001odd\n'; } 2>/dev/null | sed 's/^/line\t/'
		echo
	done | awk '
		function told(why) { printf "odd\t%s\t%s\n", path, why; path = "" }
		/^odd\t/ { print; next }
		/^file\t/ { split($0, named, "\t"); account = named[2]; path = named[3]; size = 0; next }
		path == "" || !/^line\t/ { next }
		{ line = substr($0, 6); size += length(line) + 1 }
		line == "\001odd" || size > 1048576 { told("cannot be read whole: permission denied or too large"); next }
		line ~ /^[ \t]*(#|$)/ { next }
		{
			gsub(/\t/, " ", line)
			expiry = ""
			if (match(line, /expiry-time="[0-9]+Z?"/)) expiry = ",expires:" substr(line, RSTART + 13, RLENGTH - 14)
			gsub(/\\"/, "", line)
			gsub(/"[^"]*"/, "", line)
			if (!match(line, /(^|[ ])(sk-)?(ssh|ecdsa)-[a-zA-Z0-9.@-]+ +AAAA[A-Za-z0-9+\/]+=*/)) next
			before = tolower(substr(line, 1, RSTART - 1))
			gsub(/[ ]/, "", before)
			# Of what stands before a key only these words are told: the rest is somebody else'"'"'s.
			options = ""
			many = split(before, words, ",")
			for (n = 1; n <= many; n++)
				if (words[n] ~ /^(cert-authority|verify-required|no-touch-required)$/) options = options words[n] ","
			split(substr(line, RSTART, RLENGTH), parts, " +")
			first = parts[1] == "" ? 2 : 1
			count++
			keys[count] = parts[first] " " parts[first + 1] " " count
			printf "key\t%d\t%s\t%s\t%s\t%s\n", count, account, path, options expiry, parts[first]
		}
		END {
			fflush()
			if (count) {
				reader = "ssh-keygen -l -f - 2>&1"
				for (number = 1; number <= count; number++) print keys[number] | reader
				close(reader)
			}
		}'
}

# What runs, or will, as whom. A folder that is closed shows nothing of what lies in it.
traces() {
	closed() { [ ! -d "$1" ] || ls -- "$1" >/dev/null 2>&1 || printf 'closed %s\n' "$1"; }
	for folder in /var/spool/cron/crontabs /var/spool/cron; do
		closed "$folder"
		for file in "$folder"/*; do [ ! -f "$file" ] || printf 'cron %s %s\n' "${file##*/}" "$file"; done
	done
	for file in /etc/crontab /etc/cron.d/*; do
		[ -f "$file" ] || continue
		( : <"$file" ) 2>/dev/null || { printf 'closed %s\n' "$file"; continue; }
		awk '/^[ \t]*(#|$)/ { next } $1 ~ /=/ { next } /^[ \t]*@/ { print $2; next } NF > 6 { print $6 }' "$file" |
			sort -u | while IFS= read -r name; do printf 'cron %s %s\n' "$name" "$file"; done
	done
	for folder in /var/spool/cron/atjobs /var/spool/at; do
		closed "$folder"
		for file in "$folder"/*; do [ ! -f "$file" ] || stat -c 'owner at %u' -- "$file"; done
	done
	for file in /var/lib/systemd/linger/*; do [ ! -e "$file" ] || printf 'linger %s -\n' "${file##*/}"; done
	closed /var/lib/systemd/linger
	grep -s -H -E '^[[:space:]]*User[[:space:]]*=' -r /etc/systemd/system /run/systemd/system --include='*.service' |
		sed -n -E 's/^([^:]+):[[:space:]]*User[[:space:]]*=[[:space:]]*([^[:space:]]+).*/unit \2 \1/p'
	stat -c 'owner process %u' /proc/[0-9]* 2>/dev/null | sort -u
	[ ! -d /proc/self ] || ( : </proc/1/stat ) 2>/dev/null || echo 'closed /proc'
}

IFS= read -r request
case $request in
processes | firewall | accounts | traces) ;;
doors | policies | keys) PATH=$PATH:/usr/sbin:/sbin ;; # where an ordinary account does not look for sshd
sudo) request=sudo_rules ;;
*) echo "no such request" >&2; exit 2 ;;
esac
{ echo "beffroi-root 3"; "$request"; echo "== end"; } | head -c 33554432
