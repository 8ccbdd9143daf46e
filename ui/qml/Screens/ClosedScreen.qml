// 暂停服务 by the centre's order: calm, and where to go instead. The frame around it stays: language, help, the staff's emblem.
import QtQuick
import Controls
import KioskUi

Item {
    id: screen

    required property DisplayModel display

    Column {
        anchors.centerIn: parent
        width: parent.width - 4 * Theme.margin
        spacing: Theme.px(44)

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            name: "block"
            size: Theme.px(180)
            colour: Theme.warn
        }
        Words {
            objectName: "out-of-service"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("暂停服务")
            size: Theme.px(110)
            strong: true
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("本机暂时不能办理，请使用旁边的终端")
            size: Theme.lead
        }
        Notice {
            width: parent.width
            iconName: "call"
            text: qsTr("咨询求助请拨政务服务热线 %1").arg(screen.display.hotline)
        }
    }
}
