namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>The shell scripts of the pods. They are constants: every value reaches them through the environment.</summary>
internal static class Scripts
{
    /// <summary>
    /// Prepares the data volume: global configuration, the server's configuration file, and the administrator's account on first use. SQL goes
    /// through standard input, so that no password is in any process argument. A database keeps the address of each standby from when it first saw
    /// its name: those of a volume that comes from elsewhere, or from before the port changed, are forgotten, or this server would write to the
    /// cluster that the volume was copied from. Whatever the ConfigMap says, ours or one that the Go operator wrote, a server that remembers no role begins as a standby
    /// and is promoted by SQL: one that has lost its volume can never come up as an empty primary. A server that was primary and is not any more, or that cannot know,
    /// begins as a standby too: standbys take what any primary sends, and it would send its old rows before it heard of the new one.
    /// </summary>
    public const string Init = """
        set -eu
        cd /db
        dolt config --global --add user.name "$COMMIT_AUTHOR_NAME" >/dev/null
        dolt config --global --add user.email "$COMMIT_AUTHOR_EMAIL" >/dev/null
        dolt config --global --add metrics.disabled "$METRICS_DISABLED" >/dev/null
        dolt config --global --add versioncheck.disabled "$METRICS_DISABLED" >/dev/null
        sed -e '/^  bootstrap_role:/d' -e '/^  bootstrap_epoch:/d' -e 's/^cluster:.*/&\n  bootstrap_role: standby\n  bootstrap_epoch: 0/' "/etc/doltdb/$POD_NAME.yaml" > config.yaml.next
        mv -f config.yaml.next config.yaml
        if grep -q '^cluster:' config.yaml && [ -f .dolt/config_global.json ]; then
          case "$(cat /etc/doltdb-primary/primary 2>/dev/null || echo '?')" in
            ''|"$POD_NAME") ;;
            *) sed -i 's/\("sqlserver\.cluster\.dolt_cluster_role": *\)"primary"/\1"standby"/' .dolt/config_global.json ;;
          esac
        fi
        addresses=$(sed -n 's|^ *remote_url_template: "\{0,1\}\(.*\){database}"\{0,1\}$|\1|p' config.yaml)
        if [ -n "$addresses" ]; then
          for state in */.dolt/repo_state.json; do
            [ -f "$state" ] || continue
            grep -o '"url": *"[^"]*"' "$state" | grep -q -v -F -e "$addresses" || continue
            database=${state%%/*}
            (cd "$database" && dolt remote -v) | while read -r name url rest; do
              address=$(grep -F -x -A 1 -e "  - name: $name" -e "  - name: \"$name\"" config.yaml | sed -n 's|^ *remote_url_template: "\{0,1\}\(.*\){database}"\{0,1\}$|\1|p')
              case "$url" in
                "${address:-$url}"*) ;;
                *) (cd "$database" && dolt remote remove "$name" </dev/null) ;;
              esac
            done
          done
        fi
        if [ ! -f .doltcfg/privileges.db ]; then
          quote() { printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g"; }
          user="'$(quote "$DOLT_USERNAME")'@'%'"
          password="'$(quote "$DOLT_PASSWORD")'"
          printf 'CREATE USER IF NOT EXISTS %s IDENTIFIED BY %s;\nGRANT ALL PRIVILEGES ON *.* TO %s WITH GRANT OPTION;\n' "$user" "$password" "$user" | dolt sql
        fi
        """;

    /// <summary>
    /// Before a server ends: while it is the primary, give the operator the time to hand the role over; with a standby that lags Dolt takes ten seconds for
    /// its part. One that stepped down a moment ago is asked once more before its successor is promoted, so it waits for that too. The role is read from the file that
    /// Dolt keeps it in. A configuration without a cluster, as the node sees it by then, has nobody to hand over to.
    /// </summary>
    public const string PreStop = """
        roles=/db/.dolt/config_global.json
        is_primary() { grep -q '"sqlserver.cluster.dolt_cluster_role": *"primary"' "$roles" 2>/dev/null; }
        stepped_down() { [ $(($(date +%s) - $(stat -c %Y "$roles" 2>/dev/null || echo 0))) -lt 2 ]; }
        i=0
        while [ "$i" -lt 15 ] && grep -q '^cluster:' "/etc/doltdb/$POD_NAME.yaml" && { is_primary || stepped_down; }; do
          i=$((i+1))
          sleep 1
        done
        """;
}
