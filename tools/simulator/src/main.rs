//! The provider simulator as a program: `SIMULATOR_PORT=0 simulator` prints its address.

use std::io::Write;

use simulator::{Config, Simulator};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = Config::from_variables(|name| std::env::var(name).ok())?;
    let simulator = Simulator::start(config).await?;
    writeln!(std::io::stdout(), "simulator listening on {}", simulator.url())?;
    simulator.wait().await
}
