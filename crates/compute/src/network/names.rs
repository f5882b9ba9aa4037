//! Carries DNS questions to the host's resolver.

use crate::limits::{DNS_PACKET_BYTES_MAX, DNS_QUESTIONS_MAX, DNS_TIMEOUT};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

/// The first name server of the host.
pub(crate) fn resolver() -> Option<SocketAddr> {
    parse(&std::fs::read_to_string("/etc/resolv.conf").ok()?)
}

fn parse(text: &str) -> Option<SocketAddr> {
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix("nameserver")?;
        let ip: IpAddr = rest.trim().parse().ok()?;
        Some(SocketAddr::new(ip, 53))
    })
}

/// Answers questions until it is dropped. What goes wrong stays unanswered, as DNS does.
pub(super) async fn answer(socket: UdpSocket, resolver: SocketAddr) {
    let socket = Arc::new(socket);
    let mut questions = JoinSet::new();
    let mut buffer = vec![0u8; DNS_PACKET_BYTES_MAX];
    loop {
        while questions.try_join_next().is_some() {}
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            return;
        };
        if questions.len() < DNS_QUESTIONS_MAX {
            let question = buffer.get(..length).unwrap_or_default().to_vec();
            let socket = Arc::clone(&socket);
            questions.spawn(async move {
                if let Ok(Ok(answer)) =
                    tokio::time::timeout(DNS_TIMEOUT, ask(&question, resolver)).await
                {
                    let _ = socket.send_to(&answer, from).await;
                }
            });
        }
    }
}

async fn ask(question: &[u8], resolver: SocketAddr) -> std::io::Result<Vec<u8>> {
    let any: IpAddr = match resolver {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    // Connected, it hears nobody else.
    socket.connect(resolver).await?;
    socket.send(question).await?;
    let mut answer = vec![0u8; DNS_PACKET_BYTES_MAX];
    let length = socket.recv(&mut answer).await?;
    answer.truncate(length);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_name_server_counts() {
        let text = "# nameserver 9.9.9.9\nsearch x\nnameserver 127.0.0.53\nnameserver 1.1.1.1\n";
        assert_eq!(
            parse(text).map(|it| it.to_string()).as_deref(),
            Some("127.0.0.53:53")
        );
        assert_eq!(parse("search x\n"), None);
    }

    #[tokio::test]
    async fn question_reaches_the_resolver_and_its_answer_comes_back() {
        let any = (Ipv4Addr::LOCALHOST, 0);
        let (Ok(inner), Ok(resolver), Ok(client)) = (
            UdpSocket::bind(any).await,
            UdpSocket::bind(any).await,
            UdpSocket::bind(any).await,
        ) else {
            panic!("no sockets");
        };
        let (Ok(door), Ok(at)) = (inner.local_addr(), resolver.local_addr()) else {
            panic!("no addresses");
        };
        let answering = tokio::spawn(answer(inner, at));
        assert!(client.send_to(b"who?", door).await.is_ok());
        let mut buffer = [0u8; 16];
        let heard = resolver.recv_from(&mut buffer).await;
        let Ok((4, from)) = heard else {
            panic!("{heard:?}");
        };
        assert!(resolver.send_to(b"me", from).await.is_ok());
        let said = client.recv_from(&mut buffer).await;
        assert_eq!(said.ok(), Some((2, door)));
        answering.abort();
    }
}
