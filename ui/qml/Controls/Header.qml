// Hall, kiosk number, clock; the emblem held for three seconds asks for the staff's door.
import QtQuick
import KioskUi

Rectangle {
    id: header

    required property DisplayModel display
    property bool holdable: false
    signal emblemHeld

    implicitHeight: Theme.px(Theme.portrait ? 168 : 112)
    gradient: Gradient {
        GradientStop { position: 0; color: Theme.headerTop }
        GradientStop { position: 1; color: Theme.headerBottom }
    }

    Rectangle {
        visible: Theme.highContrast
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.edgeWidth
        color: Theme.edge
    }
    Emblem {
        id: emblem
        objectName: "emblem"
        x: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.px(Theme.portrait ? 96 : 88)
        holdable: header.holdable
        onHeld: header.emblemHeld()
    }
    Column {
        anchors.left: emblem.right
        anchors.leftMargin: Theme.px(24)
        anchors.right: clock.left
        anchors.rightMargin: Theme.px(24)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(4)

        OneLine {
            width: parent.width
            text: header.display.hallName
            largest: Theme.px(Theme.large && Theme.portrait ? 50 : Theme.portrait ? 46 : 42)
            strong: true
            color: Theme.headerInk
        }
        OneLine {
            width: parent.width
            text: qsTr("24小时自助服务 · 本机编号 %1").arg(header.display.kioskNumber)
            largest: Theme.px(Theme.large && Theme.portrait ? 30 : 26)
            color: Theme.headerInk
        }
    }
    Column {
        id: clock
        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter

        Words {
            anchors.right: parent.right
            text: header.display.clockText
            size: Theme.px(Theme.portrait ? 60 : 50)
            lineHeight: 1
            color: Theme.headerInk
        }
        Words {
            anchors.right: parent.right
            text: header.display.dayText
            size: Theme.px(26)
            lineHeight: 1
            color: Theme.headerInk
        }
    }
}
