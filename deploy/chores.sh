#!/bin/sh
# What has to be done regularly, each safe to repeat at any time: run this every ten minutes (docs/operations.md has a timer).
# One that fails does not hold up the others; the exit code says that one did.
cd "$(dirname "$0")/.." || exit 1
failed=0
while read -r command _; do
    "${PYTHON:-python}" manage.py "$command" </dev/null || { echo "chores: $command failed" >&2; failed=1; }
done <<END
publish_scheduled        pages whose hour of publication, or of expiry, has come
end_lapsed_memberships   members whose twelve months ended are told, once
drain_mail               letters that could not be sent are tried again
check_search             changes that did not reach the search index are brought in
clearsessions            sessions that ended are forgotten
prune_db_task_results    and so is work that was done
forget_sent_forms        and which forms were sent: none comes a second time any more
END
exit $failed
