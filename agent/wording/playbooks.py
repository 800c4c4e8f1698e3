"""Playbooks for Ansible that do what the guides `ssh` and `store` say, for `beffroi explain … --ansible`.

They take ansible.builtin alone, hold no secret, and change nothing where all is as it should be.
"""

from agent.wording.languages import Language, Words

_HEAD = Words(
    fr="""\
# Ce que dit `beffroi explain @GUIDE@`, pour toutes les machines à la fois (Debian 12 et 13, ansible.builtin seul).
#     beffroi explain @GUIDE@ --ansible > beffroi-@GUIDE@.yml
#     ansible-playbook --inventory hosts.ini beffroi-@GUIDE@.yml --extra-vars 'beffroi_from=ADRESSE@MORE@'
# Sans risque à relancer ; aucun secret ici : la clé est faite sur la machine du logiciel de mesure et n'en sort pas.
#     beffroi_from          adresse d'où vient le logiciel de mesure, ou son rebond (obligatoire)
#     beffroi_agent         machine du logiciel de mesure dans l'inventaire ; par défaut localhost
#     beffroi_hosts         machines visées ; par défaut toutes sauf celle du logiciel de mesure
#     beffroi_address       par machine : son adresse dans beffroi.toml ; par défaut ansible_host, ou son nom
""",
    en="""\
# What `beffroi explain @GUIDE@` says, for all hosts at once (Debian 12 and 13, ansible.builtin alone).
#     beffroi explain @GUIDE@ --ansible > beffroi-@GUIDE@.yml
#     ansible-playbook --inventory hosts.ini beffroi-@GUIDE@.yml --extra-vars 'beffroi_from=ADDRESS@MORE@'
# Safe to repeat; no secret in here: the key is made on the agent's machine and stays there.
#     beffroi_from          address from which the agent, or its jump host, comes (needed)
#     beffroi_agent         the agent's machine in the inventory; default: localhost
#     beffroi_hosts         the hosts to set up; default: all but the agent's machine
#     beffroi_address       of one host: its address in beffroi.toml; default: ansible_host, or its name
""",
)
_SSH_HEAD = Words(
    fr="#     beffroi_groups        par machine : [adm, systemd-journal] là où sont les journaux, [wazuh] avec Wazuh\n",
    en="#     beffroi_groups        of one host: [adm, systemd-journal] where logs lie, [wazuh] with Wazuh\n",
)
_STORE_HEAD = Words(
    fr="""\
#     beffroi_store         dossier en dessous duquel se trouvent les dépôts (obligatoire ; par machine, ou pour toutes)
#     beffroi_groups        par machine : le groupe qui peut lire les dépôts
""",
    en="""\
#     beffroi_store         the folder below which the repositories lie (needed; of one host, or of all)
#     beffroi_groups        of one host: the group that may read the repositories
""",
)

_AGENT = """\
---
- name: Make the agent's key
  hosts: "{{ beffroi_agent | default('localhost') }}"
  gather_facts: false
  become: true
  vars: &names
    beffroi_key: @KEY@
    beffroi_known_hosts: /etc/beffroi/known_hosts
    beffroi_group: beffroi
  tasks:
    - name: Require the address from which the agent comes
      ansible.builtin.assert:
        that: beffroi_from is defined
        fail_msg: "say from where the agent comes: --extra-vars beffroi_from=ADDRESS"
        quiet: true
    - name: Make the key once
      ansible.builtin.command:
        argv: [ssh-keygen, -q, -t, ed25519, -N, "", -C, beffroi, -f, "{{ beffroi_key }}"]
        creates: "{{ beffroi_key }}"
    - name: Let the agent alone read the key
      ansible.builtin.file:
        path: "{{ beffroi_key }}"
        owner: root
        group: "{{ beffroi_group }}"
        mode: "0640"
    - name: Read its public half
      ansible.builtin.slurp:
        src: "{{ beffroi_key }}.pub"
      register: beffroi_public

- name: @PLAY@
  hosts: "{{ beffroi_hosts | default('all:!' ~ (beffroi_agent | default('localhost'))) }}"
  gather_facts: false
  become: true
  vars:
    <<: *names
    beffroi_from_agent: "{{ hostvars[beffroi_agent | default('localhost')].beffroi_public.content | b64decode }}"
    beffroi_at: "{{ beffroi_address | default(ansible_host | default(inventory_hostname)) }}"
    beffroi_port: "{{ ansible_port | default(22) | int }}"
    beffroi_name: "{{ beffroi_at if beffroi_port | int == 22 else '[' ~ beffroi_at ~ ']:' ~ beffroi_port }}"
  tasks:
@REQUIRED@\
    - name: Make the account
      ansible.builtin.user:
        name: @ACCOUNT@
        system: true
        shell: /bin/sh
        password: "*"
        update_password: on_create
        groups: "{{ beffroi_groups | default([]) }}"
        append: true
      register: beffroi_account
    - name: Lay the program
      ansible.builtin.copy:
        dest: @DEST@
        owner: root
        group: root
        mode: "0755"
        content: !unsafe |
@PROGRAM@
    - name: Make the folder of its keys
      ansible.builtin.file:
        path: "{{ beffroi_account.home }}/.ssh"
        state: directory
        owner: @ACCOUNT@
        group: @ACCOUNT@
        mode: "0700"
    - name: Let the agent's key in
      ansible.builtin.lineinfile:
        path: "{{ beffroi_account.home }}/.ssh/authorized_keys"
        create: true
        owner: @ACCOUNT@
        group: @ACCOUNT@
        mode: "0600"
        regexp: '^restrict,.* beffroi$'
        line: '@LINE@ {{ beffroi_from_agent.split()[:2] | join(" ") }} beffroi'
@SUDO@\
    - name: Read the host's own key
      ansible.builtin.slurp:
        src: "{{ beffroi_host_key | default('/etc/ssh/ssh_host_ed25519_key.pub') }}"
      register: beffroi_shown
    - name: Let the agent know the host
      ansible.builtin.known_hosts:
        path: "{{ beffroi_known_hosts }}"
        name: "{{ beffroi_name }}"
        key: "{{ beffroi_name }} {{ (beffroi_shown.content | b64decode).split()[:2] | join(' ') }}"
      delegate_to: "{{ beffroi_agent | default('localhost') }}"
      throttle: 1
    - name: Let the agent read whom it knows
      ansible.builtin.file:
        path: "{{ beffroi_known_hosts }}"
        owner: root
        group: "{{ beffroi_group }}"
        mode: "0640"
      delegate_to: "{{ beffroi_agent | default('localhost') }}"
      run_once: true
"""
_SUDO = """\
    - name: Look for sudo
      ansible.builtin.stat:
        path: /usr/sbin/visudo
      register: beffroi_visudo
    - name: Install sudo where it is missing
      ansible.builtin.apt:
        name: sudo
        update_cache: true
      when: not beffroi_visudo.stat.exists
    - name: Let the account run the program as root, without an argument
      ansible.builtin.copy:
        dest: /etc/sudoers.d/beffroi
        owner: root
        group: root
        mode: "0440"
        validate: /usr/sbin/visudo -cf %s
        content: |
          beffroi ALL=(root) NOPASSWD: /usr/local/sbin/beffroi-root ""
"""
_STORE_REQUIRED = """\
    - name: Require the folder of the repositories
      ansible.builtin.assert:
        that: beffroi_store is defined
        fail_msg: "say below which folder the repositories lie: --extra-vars beffroi_store=/srv/restic"
        quiet: true
"""


def ssh_playbook(program: str, language: Language) -> str:
    """Return the playbook of `beffroi explain ssh`: account, key, program, line for sudo, known_hosts."""
    given = {
        "PLAY": "Let the agent look at each host",
        "KEY": "/etc/beffroi/hosts.key",
        "ACCOUNT": "beffroi",
        "DEST": "/usr/local/sbin/beffroi-root",
        "LINE": 'restrict,from="{{ beffroi_from }}"',
        "SUDO": _SUDO,
        "REQUIRED": "",
    }
    head = _HEAD.of(language).replace("@GUIDE@", "ssh").replace("@MORE@", "")
    return head + _SSH_HEAD.of(language) + _filled(given, program)


def store_playbook(program: str, language: Language) -> str:
    """Return the playbook of `beffroi explain store`: account, key, program, known_hosts."""
    given = {
        "PLAY": "Let the agent have each store hashed",
        "KEY": "/etc/beffroi/vault.key",
        "ACCOUNT": "beffroi-store",
        "DEST": "/usr/local/bin/beffroi-store",
        "LINE": 'restrict,command="/usr/local/bin/beffroi-store {{ beffroi_store }}",from="{{ beffroi_from }}"',
        "SUDO": "",
        "REQUIRED": _STORE_REQUIRED,
    }
    head = _HEAD.of(language).replace("@GUIDE@", "store").replace("@MORE@", " beffroi_store=/srv/restic")
    return head + _STORE_HEAD.of(language) + _filled(given, program)


def _filled(given: dict[str, str], program: str) -> str:
    text = _AGENT
    for name, value in given.items():
        text = text.replace(f"@{name}@", value)
    lines = (f"          {line}" if line else "" for line in program.rstrip().split("\n"))
    return text.replace("@PROGRAM@", "\n".join(lines)).rstrip("\n")
