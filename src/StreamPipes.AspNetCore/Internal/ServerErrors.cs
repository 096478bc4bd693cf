using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>What a read of the server's transport throws: by the type of it the server and its applications tell a client that left from a defect.</summary>
internal static class ServerErrors
{
    /// <param name="fault">What a connection has failed with.</param>
    /// <param name="isGivenUp">Whether this side gave the connection up, by an abort or a time limit.</param>
    /// <returns>The same exception where the server knows its type, otherwise one that has it inside.</returns>
    public static Exception Translate(Exception fault, bool isGivenUp)
    {
        if (fault is ConnectionResetException or ConnectionAbortedException) return fault;
        if (isGivenUp || Find<ConnectionAbortedException>(fault)) return new ConnectionAbortedException(fault.Message, fault);
        if (Find<SocketException>(fault) || Find<ConnectionResetException>(fault)) return new ConnectionResetException(fault.Message, fault);
        return fault is IOException ? fault : new IOException(fault.Message, fault);
    }

    /// <summary>A stream wraps what the transport below it has thrown.</summary>
    private static bool Find<TException>(Exception fault)
        where TException : Exception
    {
        for (Exception? error = fault; error is not null; error = error.InnerException)
        {
            if (error is TException) return true;
        }

        return false;
    }
}
