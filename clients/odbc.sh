#!/usr/bin/env bash
# Read PostgreSQL over ODBC, as Excel, Tableau or Power BI do. Needs unixodbc and odbc-postgresql (Debian), and a database
# that was published to:  PGPASSWORD=… clients/odbc.sh HOST PORT DATABASE LOGIN
set -euo pipefail
: "${PGPASSWORD:?set it to the password of the login}"
connection="DRIVER={PostgreSQL Unicode};SERVER=$1;PORT=$2;DATABASE=$3;UID=$4;PWD=$PGPASSWORD"
query="select node_id, median, benchmark from public_benchmark.score_distribution \
where edition_id = 2024 and cut_id = 'all' and level = 'area' order by node_id"
over_odbc=$(echo "$query" | isql -b -x0x7C -k "$connection" | grep '^[IV]')
over_psql=$(psql --no-psqlrc -At "host=$1 port=$2 dbname=$3 user=$4" -c "$query")
echo "$over_odbc"
[ "$over_odbc" = "$over_psql" ] && echo "ODBC and psql read the same."
