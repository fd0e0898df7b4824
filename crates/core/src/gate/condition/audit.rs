//! Looks at the parsed expression: does it name only what exists, and can it not run long?

use std::collections::BTreeSet;

use cel::Program;
use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, IdedEntryExpr, IdedExpr};

use super::ConditionError;
use super::evaluate::COUNTED;

/// How deep the parsed expression may be; evaluation recurses as deep.
const DEEPEST: usize = 100;

/// How often the variables that may be large (`unmet`, `current`, `release.notes`,
/// `release.artifacts`) may occur: each occurrence may be copied.
const MOST_LARGE: usize = 16;

const RELEASE: [&str; 5] = ["version", "change", "irreversible", "notes", "artifacts"];
const SERVICE: [&str; 2] = ["name", "tier"];
const PLAIN: [&str; 5] = ["environment", "now", "targets", "current", "unmet"];
const LARGE: [&str; 4] = ["current", "unmet", "release.notes", "release.artifacts"];
const LISTS: [&str; 3] = ["current", "unmet", "release.artifacts"];

const OPERATORS: [&str; 18] = [
    "_?_:_", "_&&_", "_||_", "!_", "_-_", "_+_", "_*_", "_/_", "_%_", "_==_", "_!=_", "_>=_",
    "_<=_", "_>_", "_<_", "-_", "_[_]", "@in",
];
const INTERNAL: [&str; 1] = ["@not_strictly_false"];
const FUNCTIONS: [&str; 23] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "string",
    "int",
    "uint",
    "double",
    "bool",
    "timestamp",
    "duration",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
    "dyn",
];

pub(super) fn audit(program: &Program, text: &str) -> Result<(), ConditionError> {
    let mut audit = Audit { program, text, large: 0, bound: BTreeSet::new(), body: false };
    audit.expression(program.expression(), 0)
}

struct Audit<'a> {
    program: &'a Program,
    text: &'a str,
    large: usize,
    /// The variables of the macro we are in.
    bound: BTreeSet<&'a str>,
    /// We are inside the body of a macro, which runs once for each element.
    body: bool,
}

impl<'a> Audit<'a> {
    fn refuse(&self, at: &IdedExpr, message: String) -> ConditionError {
        match self.program.source_info().offset_for(root(at).id) {
            Some((start, _)) => ConditionError::at(self.text, start as usize, message),
            None => ConditionError::whole(&message),
        }
    }

    fn expression(&mut self, at: &'a IdedExpr, depth: usize) -> Result<(), ConditionError> {
        if depth > DEEPEST {
            return Err(self.refuse(at, format!("it is deeper than {DEEPEST} operators")));
        }
        let deeper = depth + 1;
        match &at.expr {
            Expr::Unspecified => Err(self.refuse(at, "something is missing here".into())),
            Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => self.variable(at, name),
            Expr::Select(select) => match path(at) {
                Some(path) if !self.bound.contains(path[0]) => self.field(at, &path),
                Some(_) | None => self.expression(&select.operand, deeper),
            },
            Expr::Call(call) => {
                self.function(at, &call.func_name)?;
                if let Some(target) = &call.target {
                    self.expression(target, deeper)?;
                }
                call.args.iter().try_for_each(|arg| self.expression(arg, deeper))
            }
            Expr::List(list) => {
                list.elements.iter().try_for_each(|item| self.expression(item, deeper))
            }
            Expr::Map(map) => map.entries.iter().try_for_each(|e| self.entry(e, deeper)),
            Expr::Struct(_) => Err(self.refuse(at, "there are no structures here".into())),
            Expr::Comprehension(all) => self.comprehension(at, all, deeper),
        }
    }

    fn entry(&mut self, at: &'a IdedEntryExpr, depth: usize) -> Result<(), ConditionError> {
        match &at.expr {
            EntryExpr::MapEntry(entry) => {
                self.expression(&entry.key, depth)?;
                self.expression(&entry.value, depth)
            }
            EntryExpr::StructField(field) => self.expression(&field.value, depth),
        }
    }

    fn variable(&mut self, at: &IdedExpr, name: &str) -> Result<(), ConditionError> {
        if self.bound.contains(name) {
            return Ok(());
        }
        if PLAIN.contains(&name) {
            return self.large(at, name);
        }
        Err(self.refuse(
            at,
            match name {
                "release" | "service" | "counts" => {
                    format!("name a field: {name}.{}", fields(name).join(&format!(", {name}.")))
                }
                _ => format!(
                    "there is no variable `{}`: use release.…, service.…, counts.…, {}",
                    shorten(name),
                    PLAIN.join(", ")
                ),
            },
        ))
    }

    fn field(&mut self, at: &IdedExpr, path: &[&str]) -> Result<(), ConditionError> {
        let known = fields(path[0]);
        if known.is_empty() {
            self.variable(at, path[0])?;
            return Err(self.refuse(at, format!("`{}` has no fields", path[0])));
        }
        if !known.contains(&path[1]) {
            let message = format!(
                "`{}` has no field `{}`: it has {}",
                path[0],
                shorten(path[1]),
                known.join(", ")
            );
            return Err(self.refuse(at, message));
        }
        if path.len() > 2 {
            return Err(self.refuse(at, format!("`{}.{}` has no fields", path[0], path[1])));
        }
        self.large(at, &format!("{}.{}", path[0], path[1]))
    }

    fn large(&mut self, at: &IdedExpr, name: &str) -> Result<(), ConditionError> {
        if !LARGE.contains(&name) {
            return Ok(());
        }
        if self.body {
            return Err(self.refuse(at, format!("`{name}` cannot be used inside a macro")));
        }
        self.large += 1;
        if self.large > MOST_LARGE {
            return Err(self.refuse(at, format!("`{name}` and the like occur too often")));
        }
        Ok(())
    }

    fn function(&self, at: &IdedExpr, name: &str) -> Result<(), ConditionError> {
        if name == "matches" && self.body {
            return Err(self.refuse(at, "`matches` cannot be used inside a macro".into()));
        }
        let internal = self.body && INTERNAL.contains(&name);
        if internal || OPERATORS.contains(&name) || FUNCTIONS.contains(&name) {
            return Ok(());
        }
        Err(self.refuse(at, format!("there is no function `{}`", shorten(name))))
    }

    fn comprehension(
        &mut self,
        at: &'a IdedExpr,
        all: &'a ComprehensionExpr,
        depth: usize,
    ) -> Result<(), ConditionError> {
        if self.body {
            return Err(self.refuse(at, "a macro cannot be used inside a macro".into()));
        }
        if !is_list(&all.iter_range) {
            return Err(self.refuse(at, format!("a macro goes over {}", LISTS.join(", "))));
        }
        if grows(all) {
            return Err(self.refuse(at, "there is no macro `map`: use filter, all, exists".into()));
        }
        self.expression(&all.iter_range, depth)?;
        self.body = true;
        self.bound.extend([all.iter_var.as_str(), all.accu_var.as_str()]);
        self.bound.extend(all.iter_var2.as_deref());
        let parts = [&all.accu_init, &all.loop_cond, &all.loop_step, &all.result];
        let done = parts.into_iter().try_for_each(|part| self.expression(part, depth));
        self.bound.clear();
        self.body = false;
        done
    }
}

fn fields(name: &str) -> &'static [&'static str] {
    match name {
        "release" => &RELEASE,
        "service" => &SERVICE,
        "counts" => &COUNTED,
        _ => &[],
    }
}

/// The names of `a.b.c`; `None` for anything else.
fn path(at: &IdedExpr) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut here = &at.expr;
    loop {
        match here {
            Expr::Ident(name) => {
                names.push(name.as_str());
                names.reverse();
                return Some(names);
            }
            Expr::Select(select) => {
                names.push(select.field.as_str());
                here = &select.operand.expr;
            }
            Expr::Unspecified
            | Expr::Call(_)
            | Expr::Comprehension(_)
            | Expr::List(_)
            | Expr::Literal(_)
            | Expr::Map(_)
            | Expr::Struct(_) => return None,
        }
    }
}

/// Where `a.b.c` begins: the parser places a selection at its dot.
fn root(at: &IdedExpr) -> &IdedExpr {
    let mut here = at;
    while let Expr::Select(select) = &here.expr {
        here = &select.operand;
    }
    here
}

/// Whether it is a list whose order is the same each time.
fn is_list(range: &IdedExpr) -> bool {
    match &range.expr {
        Expr::List(_) | Expr::Comprehension(_) => true,
        _ => path(range).is_some_and(|path| LISTS.contains(&path.join(".").as_str())),
    }
}

/// Whether a macro builds a list of anything but the elements it goes over: `map`, which could
/// double its input with every use.
fn grows(all: &ComprehensionExpr) -> bool {
    if !matches!(all.accu_init.expr, Expr::List(_)) {
        return false;
    }
    let Expr::Call(step) = &all.loop_step.expr else { return true };
    let Some(Expr::Call(add)) = step.args.get(1).map(|arg| &arg.expr) else { return true };
    let Some(Expr::List(added)) = add.args.get(1).map(|arg| &arg.expr) else { return true };
    let is_element = |e: &IdedExpr| matches!(&e.expr, Expr::Ident(name) if *name == all.iter_var);
    step.func_name != "_?_:_" || added.elements.len() != 1 || !added.elements.iter().all(is_element)
}

fn shorten(name: &str) -> String {
    name.chars().take(40).flat_map(char::escape_debug).collect()
}
