// The search over all zones: initials or full pinyin on big keys, the best hits at once.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property HomeModel home

    heading: qsTr("搜索事项")
    backText: qsTr("返回首页")
    leaveVisible: false

    Item {
        id: answers
        width: Theme.portrait ? parent.width : parent.width * 0.52
        anchors.top: parent.top
        anchors.bottom: Theme.portrait ? keys.top : parent.bottom
        anchors.bottomMargin: Theme.portrait ? Theme.gap : 0

        Card {
            id: box
            width: parent.width
            height: Theme.mainTouch
            edge: Theme.primary
            edgeWidth: Theme.px(5)

            Icon {
                id: glass
                x: Theme.px(28)
                anchors.verticalCenter: parent.verticalCenter
                name: "search"
                colour: Theme.primary
                size: Theme.px(56)
            }
            OneLine {
                objectName: "query"
                anchors.left: glass.right
                anchors.leftMargin: Theme.px(20)
                anchors.right: parent.right
                anchors.rightMargin: Theme.px(24)
                anchors.verticalCenter: parent.verticalCenter
                height: parent.height - Theme.px(24)
                text: screen.home.query !== "" ? screen.home.query + "▏" : qsTr("输入拼音或首字母，如 GJJ（公积金）")
                largest: screen.home.query !== "" ? Theme.title : Theme.body
                strong: screen.home.query !== ""
                soft: screen.home.query === ""
            }
        }
        Words {
            id: nothing
            visible: found.count === 0
            anchors.top: box.bottom
            anchors.topMargin: Theme.gap
            width: parent.width
            text: qsTr("没有找到。请少输几个字母，或返回首页按专区查找。")
            soft: true
        }
        ScrollArea {
            anchors.top: box.bottom
            anchors.topMargin: Theme.gap
            anchors.bottom: turner.visible ? turner.top : parent.bottom
            anchors.bottomMargin: turner.visible ? Theme.px(16) : 0
            width: parent.width

            FoundItems {
                id: found
                width: parent.width
                home: screen.home
            }
        }
        PageTurner {
            id: turner
            objectName: "items"
            visible: screen.home.pageCount > 1
            width: parent.width
            anchors.bottom: parent.bottom
            position: (screen.home.page + 1) + " / " + screen.home.pageCount
            earlierEnabled: screen.home.page > 0
            laterEnabled: screen.home.page + 1 < screen.home.pageCount
            onEarlierTouched: screen.home.turn(-1)
            onLaterTouched: screen.home.turn(1)
        }
    }
    LetterPad {
        id: keys
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        width: Theme.portrait ? parent.width : parent.width * 0.46
        height: Theme.px(Theme.portrait ? 440 : 520)
        onTyped: text => screen.home.typed(text)
        onErased: screen.home.erased()
        onCleared: screen.home.cleared()
    }
}
