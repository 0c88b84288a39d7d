//! Reading expressions.

use super::super::item::Attribute;
use super::token::{Token, tokens};
use super::{Action, Comparison, Condition, Invalid, Operand, Statement};

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    marks: usize,
}

pub(crate) fn condition(text: &str) -> Result<Condition, Invalid> {
    let mut parser = Parser::new(text)?;
    let condition = parser.any()?;
    parser.end()?;
    Ok(condition)
}

pub(crate) fn update(text: &str) -> Result<Vec<Action>, Invalid> {
    let mut parser = Parser::new(text)?;
    let actions = parser.actions()?;
    parser.end()?;
    Ok(actions)
}

/// The names of a projection.
pub(crate) fn names(text: &str) -> Vec<Box<str>> {
    text.split(',').map(|name| name.trim().into()).collect()
}

pub(crate) fn statement(text: &str) -> Result<Statement, Invalid> {
    let mut parser = Parser::new(text)?;
    let statement = if parser.takes_word("INSERT") {
        parser.needs_word("INTO")?;
        parser.name()?;
        parser.needs_word("VALUE")?;
        Statement::Insert(parser.tuple()?)
    } else if parser.takes_word("UPDATE") {
        parser.name()?;
        let actions = parser.actions()?;
        parser.needs_word("WHERE")?;
        Statement::Update(actions, parser.any()?)
    } else {
        parser.needs_word("DELETE")?;
        parser.needs_word("FROM")?;
        parser.name()?;
        parser.needs_word("WHERE")?;
        Statement::Delete(parser.any()?)
    };
    parser.end()?;
    Ok(statement)
}

impl Parser {
    fn new(text: &str) -> Result<Self, Invalid> {
        Ok(Self { tokens: tokens(text)?, at: 0, marks: 0 })
    }

    fn wrong<T>(&self, wanted: &str) -> Result<T, Invalid> {
        Err(Invalid(format!("expected {wanted} instead of {:?}", self.tokens.get(self.at))))
    }

    fn end(&self) -> Result<(), Invalid> {
        if self.at == self.tokens.len() { Ok(()) } else { self.wrong("the end") }
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(is_next);
        is_next
    }

    fn needs(&mut self, sign: &'static str) -> Result<(), Invalid> {
        if self.takes(sign) { Ok(()) } else { self.wrong(sign) }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word))
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = self.is_word(word);
        self.at += usize::from(is_next);
        is_next
    }

    fn needs_word(&mut self, word: &str) -> Result<(), Invalid> {
        if self.takes_word(word) { Ok(()) } else { self.wrong(word) }
    }

    fn name(&mut self) -> Result<Box<str>, Invalid> {
        let name = match self.tokens.get(self.at) {
            Some(Token::Word(name) | Token::Quoted(name)) => name.as_str().into(),
            _ => return self.wrong("a name"),
        };
        self.at += 1;
        Ok(name)
    }

    fn any(&mut self) -> Result<Condition, Invalid> {
        let mut left = self.all()?;
        while self.takes_word("OR") {
            left = Condition::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Condition, Invalid> {
        let mut left = self.one()?;
        while self.takes_word("AND") {
            left = Condition::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Condition, Invalid> {
        if self.takes_word("NOT") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.takes("(") {
            let inner = self.any()?;
            self.needs(")")?;
            return Ok(inner);
        }
        for (word, is_negated) in [("attribute_exists", false), ("attribute_not_exists", true)] {
            if self.takes_word(word) {
                self.needs("(")?;
                let exists = Condition::Exists(self.operand()?);
                self.needs(")")?;
                return Ok(negated(exists, is_negated));
            }
        }
        if self.takes_word("begins_with") {
            self.needs("(")?;
            let left = self.operand()?;
            self.needs(",")?;
            let right = self.operand()?;
            self.needs(")")?;
            return Ok(Condition::BeginsWith(left, right));
        }
        let left = self.operand()?;
        self.judgement(left)
    }

    fn judgement(&mut self, left: Operand) -> Result<Condition, Invalid> {
        if self.takes_word("IS") {
            let is_negated = self.takes_word("NOT");
            self.needs_word("MISSING")?;
            return Ok(negated(Condition::Exists(left), !is_negated));
        }
        if self.takes_word("BETWEEN") {
            let from = self.operand()?;
            self.needs_word("AND")?;
            return Ok(Condition::Between(left, from, self.operand()?));
        }
        if self.takes_word("IN") {
            let end = if self.takes("[") { "]" } else { ")" };
            if end == ")" {
                self.needs("(")?;
            }
            let mut among = vec![self.operand()?];
            while self.takes(",") {
                among.push(self.operand()?);
            }
            self.needs(end)?;
            return Ok(Condition::In(left, among));
        }
        for (sign, comparison) in [
            ("=", Comparison::Equal),
            ("<>", Comparison::NotEqual),
            ("!=", Comparison::NotEqual),
            ("<", Comparison::Less),
            ("<=", Comparison::AtMost),
            (">", Comparison::Greater),
            (">=", Comparison::AtLeast),
        ] {
            if self.takes(sign) {
                return Ok(Condition::Compare(left, comparison, self.operand()?));
            }
        }
        self.wrong("a comparison")
    }

    fn operand(&mut self) -> Result<Operand, Invalid> {
        let mut left = self.simple_operand()?;
        loop {
            if self.takes("+") {
                left = Operand::Plus(Box::new(left), Box::new(self.simple_operand()?));
            } else if self.takes("-") {
                left = Operand::Minus(Box::new(left), Box::new(self.simple_operand()?));
            } else {
                return Ok(left);
            }
        }
    }

    fn simple_operand(&mut self) -> Result<Operand, Invalid> {
        if self.takes_word("if_not_exists") {
            self.needs("(")?;
            let path = self.operand()?;
            self.needs(",")?;
            let other = self.operand()?;
            self.needs(")")?;
            return Ok(Operand::IfNotExists(Box::new(path), Box::new(other)));
        }
        if self.takes_word("size") {
            self.needs("(")?;
            let path = self.operand()?;
            self.needs(")")?;
            return Ok(Operand::Size(Box::new(path)));
        }
        let operand = match self.tokens.get(self.at) {
            Some(Token::Value(name)) => Operand::Named(name.as_str().into()),
            Some(Token::Text(text)) => Operand::Literal(Attribute::S(text.as_str().into())),
            Some(Token::Number(digits)) => Operand::Literal(Attribute::N(digits.as_str().into())),
            Some(Token::Mark) => {
                self.marks += 1;
                Operand::Positional(self.marks - 1)
            }
            _ => {
                let mut path = vec![self.name()?];
                while self.takes(".") {
                    path.push(self.name()?);
                }
                return Ok(Operand::Path(path));
            }
        };
        self.at += 1;
        Ok(operand)
    }

    fn actions(&mut self) -> Result<Vec<Action>, Invalid> {
        let mut actions = Vec::new();
        loop {
            let kinds = ["SET", "REMOVE", "ADD", "DELETE"];
            let Some(kind) = kinds.into_iter().find(|kind| self.takes_word(kind)) else {
                return Ok(actions);
            };
            loop {
                let name = self.name()?;
                actions.push(match kind {
                    "SET" => {
                        self.needs("=")?;
                        Action::Set(name, self.operand()?)
                    }
                    "ADD" => Action::Add(name, self.operand()?),
                    "DELETE" => Action::Delete(name, self.operand()?),
                    _ => Action::Remove(name),
                });
                if !self.takes(",") {
                    break;
                }
            }
        }
    }

    fn tuple(&mut self) -> Result<Vec<(Box<str>, Operand)>, Invalid> {
        self.needs("{")?;
        let mut members = Vec::new();
        loop {
            let name = match self.tokens.get(self.at) {
                Some(Token::Text(name)) => name.as_str().into(),
                _ => return self.wrong("a name in quotes"),
            };
            self.at += 1;
            self.needs(":")?;
            members.push((name, self.operand()?));
            if !self.takes(",") {
                break;
            }
        }
        self.needs("}")?;
        Ok(members)
    }
}

fn negated(condition: Condition, is_negated: bool) -> Condition {
    if is_negated { Condition::Not(Box::new(condition)) } else { condition }
}
