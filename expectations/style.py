"""The look of the Data Docs: one small stylesheet inside every page, so that a page needs nothing but itself.

It covers what Great Expectations renders (tables, badges, icons), which otherwise comes from other hosts.
"""

STYLE = """
:root { --ink: #1d2733; --soft: #5c6b7a; --line: #d9e0e6; --ground: #f5f7f9; --blue: #17549b;
  --good: #1d7a4d; --bad: #b3261e; --warn: #9a6200; --none: #6b7785; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
a { color: var(--blue); }
header { background: #fff; border-bottom: 1px solid var(--line); padding: 1.1rem 2rem; }
header h1 { margin: 0; font-size: 1.35rem; }
header p { margin: .2rem 0 0; color: var(--soft); }
.notice { background: #fff4d6; border-bottom: 1px solid #e6c665; padding: .6rem 2rem; font-weight: 600; }
.layout { display: flex; gap: 2rem; padding: 1.5rem 2rem; align-items: flex-start; max-width: 1400px; }
nav { position: sticky; top: 1rem; flex: 0 0 20rem; font-size: .86rem; background: #fff;
  max-height: 95vh; overflow: auto; border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; }
nav ol { list-style: none; margin: .6rem 0 0; padding: 0; }
nav li { margin: .15rem 0; overflow-wrap: anywhere; }
nav a { text-decoration: none; }
main { flex: 1 1 auto; min-width: 0; }
section { background: #fff; border: 1px solid var(--line); border-left: 5px solid var(--none);
  border-radius: 6px; padding: .9rem 1.2rem; margin-bottom: 1rem; scroll-margin-top: 1rem; }
section h2 { font-size: 1.05rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
section h3 { font-size: .9rem; margin: .8rem 0 .3rem; }
section p { margin: .25rem 0; }
.pass { border-left-color: var(--good); }
.fail, .error { border-left-color: var(--bad); }
.fail.warning, .error.warning { border-left-color: var(--warn); }
.where { color: var(--soft); font-size: .86rem; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; background: var(--ground); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.table-responsive, .scroll { overflow-x: auto; }
.keys { max-height: 24rem; overflow: auto; border: 1px solid var(--line); }
.keys table { margin: 0; }
.badge { display: inline-block; border-radius: 4px; padding: 0 .45rem; font-size: .8rem; font-weight: 600;
  color: #fff; background: var(--none); }
.badge.pass { background: var(--good); }
.badge.fail, .badge.error { background: var(--bad); }
.badge.fail.warning, .badge.error.warning { background: var(--warn); }
.badge-secondary, .badge-primary { background: #e6ebf0; color: var(--ink);
  font-family: ui-monospace, monospace; }
.text-danger { color: var(--bad); }
.text-success { color: var(--good); }
.fas { font-style: normal; font-weight: 700; }
.fa-check-circle::before { content: "✓"; }
.fa-times::before { content: "✗"; }
.fa-exclamation-triangle::before { content: "!"; }
#failed-only:checked ~ .layout section.pass, #failed-only:checked ~ .layout section.not_applicable,
#failed-only:checked ~ .layout nav li.pass,
#failed-only:checked ~ .layout nav li.not_applicable { display: none; }
.filter { display: block; padding: 1rem 2rem 0; }
#failed-only { position: absolute; margin: 1.3rem 0 0 2rem; }
#failed-only + .filter { padding-left: 3.4rem; }
footer { color: var(--soft); font-size: .85rem; padding: 0 2rem 2rem; }
@media (max-width: 900px) { .layout { display: block; padding: 1rem; }
  nav { position: static; margin-bottom: 1rem; } }
@media print { nav, .filter, #failed-only { display: none; } .keys { max-height: none; } }
"""
